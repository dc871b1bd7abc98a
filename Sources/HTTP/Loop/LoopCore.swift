import CCurl

/// What the loop thread owns: the multi handle, its transfers, and who waits for them.
///
/// Never touched elsewhere.
final class LoopCore {
    let mailbox = Mailbox()
    let multi: OpaquePointer
    private let sockets: SocketWatch
    private var exchanges: [Ticket: any Exchange] = [:]
    private var flows: [OpaquePointer: Flow] = [:]
    private var idleHandles: [OpaquePointer] = []
    private var turning: [Flow] = []
    private var starting: [(Flow, any Exchange)] = []
    private let lines = LineKeeper()
    private var lastWatch = ContinuousClock.now

    init(multi: OpaquePointer) {
        self.multi = multi
        sockets = SocketWatch(multi: multi, bell: mailbox.bell)
        // The default cache shrinks with the number of handles that happen to run.
        davit_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 128)
    }

    deinit {
        idleHandles.forEach { curl_easy_cleanup($0) }
        curl_multi_cleanup(multi)
    }

    /// False where the system had no descriptors left for it.
    var isReady: Bool { sockets.isOpen }

    /// Turns until the mailbox is closed; then ends what still runs.
    func run() {
        while true {
            let (commands, isClosed) = mailbox.collect()
            commands.forEach(obey)
            if isClosed { break }
            while true {
                sockets.runTimer()
                settle()
                turning += lines.release()
                guard advance() else { break }
            }
            watch()
            let pause = min(lines.wait ?? .milliseconds(250), .milliseconds(250))
            sockets.wait(atMost: exchanges.isEmpty ? nil : pause)
        }
        for (_, exchange) in exchanges { exchange.fail(.stopped, self) }
    }

    private func obey(_ command: Command) {
        switch command {
        case .send(let ticket, let request, let continuation):
            begin(PlainExchange(ticket: ticket, request: request, waiter: continuation))
        case .pipe(let ticket, let transfer, let continuation):
            begin(PipeExchange(ticket: ticket, transfer: transfer, waiter: continuation))
        case .fetch(let ticket, let request, let sink, let continuation):
            begin(FetchExchange(ticket: ticket, request: request, sink: sink, waiter: continuation))
        case .upload(let ticket, let request, let body, let continuation):
            begin(FileUploadExchange(ticket: ticket, request: request, body: body, waiter: continuation))
        case .goOn(let ticket, let step, let waiter):
            guard let pipe = exchanges[ticket] as? PipeExchange else {
                let origin = Origin(isSecure: false, host: "")
                return waiter.resume(returning: .failure(TransportError(.stopped, origin)))
            }
            pipe.goOn(step, waiter, self)
        case .cancel(let ticket):
            exchanges[ticket]?.fail(.cancelled, self)
        }
    }

    private func begin(_ exchange: any Exchange) {
        exchanges[exchange.ticket] = exchange
        exchange.begin(self)
    }

    /// Deals with the transfers that ended in the last turn.
    private func settle() {
        var handle: OpaquePointer?
        var code = CURLE_OK
        while davit_next_done(multi, &handle, &code) == 1 {
            if let handle, let flow = flows[handle] { end(flow, code) }
        }
    }

    private func end(_ flow: Flow, _ code: CURLcode) {
        guard !flow.isDone else { return }
        flow.isDone = true
        flow.exchange?.ended(flow, code, self)
    }

    /// Pauses, resumes and starts what callbacks asked for: libcurl allows none of it from inside a callback.
    /// True when something moved, so that the next turn comes without waiting.
    private func advance() -> Bool {
        guard !turning.isEmpty || !starting.isEmpty else { return false }
        let (turned, started) = (turning, starting)
        turning.removeAll()
        starting.removeAll()
        for flow in turned where flow.isRunning && !flow.isDone {
            let isStopped = flow.isPaused || flow.isHeld
            // An upload pauses itself alone: to stop it here would stop its answer.
            if isStopped, flow.givesBody != nil { continue }
            flow.lastSign = .now
            // It may call the data callback at once; what that refuses is told here and nowhere else.
            let code = curl_easy_pause(flow.handle, isStopped ? CURLPAUSE_RECV : CURLPAUSE_CONT)
            if code != CURLE_OK { end(flow, code) }
        }
        for (flow, exchange) in started where exchanges[exchange.ticket] != nil { run(flow) }
        return true
    }

    /// Four times a second: ends what has been silent for too long.
    private func watch() {
        let now = ContinuousClock.now
        guard now - lastWatch >= .milliseconds(250) else { return }
        lastWatch = now
        for exchange in exchanges.values { exchange.watch(now, self) }
    }

    // MARK: - What exchanges call

    /// A handle, fresh or used before.
    func takeHandle() -> OpaquePointer? { idleHandles.popLast() ?? curl_easy_init() }

    /// Lets a transfer run.
    func run(_ flow: Flow) {
        flows[flow.handle] = flow
        if let bucket = lines.bucket(of: flow.request.line) {
            flow.bucket = bucket
            // Never more than streams read anyway: their ring must hold it.
            if flow.takesBody != nil, bucket.piece < 128 << 10 {
                davit_set_long(flow.handle, CURLOPT_BUFFERSIZE, bucket.piece)
            }
            flow.lineIsFull = { [unowned self, unowned flow] in self.hold(flow) }
        }
        flow.lastSign = .now
        flow.isRunning = curl_multi_add_handle(multi, flow.handle) == CURLM_OK
        if !flow.isRunning { end(flow, CURLE_FAILED_INIT) }
    }

    /// Lets a transfer run after the callbacks of this turn.
    func runSoon(_ flow: Flow, of exchange: any Exchange) { starting.append((flow, exchange)) }

    /// Lets a paused transfer go on after the callbacks of this turn.
    func resumeSoon(_ flow: Flow) {
        guard flow.isPaused else { return }
        flow.isPaused = false
        turning.append(flow)
    }

    /// Stops a download after the callbacks of this turn.
    func pauseSoon(_ flow: Flow) {
        guard !flow.isPaused else { return }
        flow.isPaused = true
        turning.append(flow)
    }

    /// Stops a transfer until its line has room again.
    private func hold(_ flow: Flow) {
        lines.hold(flow)
        turning.append(flow)
    }

    /// Takes a transfer out, whether it ended or not; its handle is kept for reuse.
    func retire(_ flow: Flow) {
        if flow.isRunning { curl_multi_remove_handle(multi, flow.handle) }
        flow.isRunning = false
        lines.forget(flow)
        flows[flow.handle] = nil
        curl_easy_reset(flow.handle)
        if idleHandles.count < 64 { idleHandles.append(flow.handle) } else { curl_easy_cleanup(flow.handle) }
    }

    /// Forgets an exchange that has told its result.
    func finish(_ exchange: any Exchange) { exchanges[exchange.ticket] = nil }
}

/// One or two transfers that someone waits for.
protocol Exchange: AnyObject {
    /// Its number.
    var ticket: Ticket { get }
    /// Starts it.
    func begin(_ core: LoopCore)
    /// One of its transfers ended.
    func ended(_ flow: Flow, _ code: CURLcode, _ core: LoopCore)
    /// Time has passed.
    func watch(_ now: ContinuousClock.Instant, _ core: LoopCore)
    /// It is to end now, with this kind of error.
    func fail(_ kind: TransportError.Kind, _ core: LoopCore)
}
