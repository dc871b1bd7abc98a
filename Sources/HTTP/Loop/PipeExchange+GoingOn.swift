import HTTPTypes

extension PipeExchange {
    /// A source that knows no ranges sends from the beginning; so much of it is read again and dropped. Beyond it
    /// the destination would be kept waiting too long.
    static let longestSurplus: Int64 = 256 << 20

    /// What is wrong with the head of an answer that is about to send bytes.
    ///
    /// `If-Range` is not sent: an ETag may differ from one cache to the next where the content is the same, and
    /// here the content is known by its digest.
    func headFault(_ flow: Flow) -> (TransportError.Kind, String)? {
        let start = transfer.offset + received
        var announced = flow.announcedLength
        if flow.status == 200, flow.request.headers[.range] != nil {
            guard start > 0, start <= Self.longestSurplus else {
                return (.malformed, "a part was asked for, and the whole came: ranges are not known there")
            }
            surplus = start
            announced = announced.map { $0 - start }
        } else if flow.status == 206, let told = flow.headers[.contentRange].flatMap(Self.firstByte),
            let asked = flow.request.headers[.range].flatMap(Self.firstByte), told != asked
        {
            return (.malformed, "bytes from \(asked) were asked for, and those from \(told) came")
        }
        let left = transfer.size - received
        // A part may be shorter than was asked for (RFC 9110, section 14.2): the rest is asked for then.
        let mayBeShort = flow.status == 206 && hasBegun
        guard let announced, announced != left, !(mayBeShort && announced < left) else { return nil }
        return (.wrongBytes, "\(announced) bytes are announced, there must be \(left)")
    }

    /// The first number of `bytes=5-9` or `bytes 5-9/20`.
    private static func firstByte(_ range: String) -> Int64? {
        range.split { !$0.isNumber }.first.flatMap { Int64($0) }
    }

    /// A transfer of the source's broke: where the destination has been spoken to and somebody knows how to go
    /// on, the stream does not end.
    func sourceBroke(_ flow: Flow, _ error: TransportError, _ core: LoopCore) {
        guard hasBegun, flow.refusal == nil, Self.mayGoOn(error.kind) else {
            return tell(.failure(error), core)
        }
        sourceStopped(.broke(error), core)
    }

    private static func mayGoOn(_ kind: TransportError.Kind) -> Bool {
        switch kind {
        case .broken, .truncated, .stalled, .connect, .unknownHost: true
        default: false
        }
    }

    func sourceStopped(_ setback: SourceSetback, _ core: LoopCore) {
        if let download { core.retire(download) }
        download = nil
        self.setback = setback
        guard transfer.guide != nil else { return tell(.failure(failure(setback)), core) }
        ask(.sourceStopped(setback, at: transfer.offset + received))
    }

    func partStored(_ flow: Flow, _ response: Response, _ core: LoopCore) {
        core.retire(flow)
        upload = nil
        ask(.partStored(response, sent: sent))
    }

    /// Goes on as it is told.
    func goOn(_ step: PipeStep, _ waiter: PipeWaiter, _ core: LoopCore) {
        defer { listen(waiter, core) }
        guard !isOver else { return }
        switch step {
        case .source(let request):
            guard let setback, download == nil else { return }
            guard let request else { return tell(.failure(failure(setback)), core) }
            read(request, core)
        case .part(let request):
            guard upload == nil, sent < transfer.size else { return }
            guard let request, let flow = nextUpload(request, core) else {
                let origin = transfer.upload.address.origin
                let detail = "it did not go on after \(sent) of \(transfer.size) bytes"
                return tell(.failure(TransportError(.broken, at: .upload, origin, detail: detail)), core)
            }
            core.run(flow)
        }
    }

    /// The failure of a stream that does not go on; of what kind it was before is not told where it would mean
    /// that nothing was sent.
    private func failure(_ setback: SourceSetback) -> TransportError {
        let soFar = "after \(received) of \(transfer.size) bytes"
        switch setback {
        case .broke(var error):
            if error.kind == .connect || error.kind == .unknownHost {
                error.kind = .broken
                error.detail += ", \(soFar)"
            }
            return error
        case .refused(let response):
            let origin = response.origin ?? transfer.download.address.origin
            let detail = "it answered with status \(response.status) \(soFar)"
            return TransportError(.broken, at: .download, origin, detail: detail)
        }
    }
}
