import Registry
import Synchronization

/// Holds tasks back until it is opened.
final class Latch: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Returns when the task is cancelled, not before.
func hangUntilCancelled() async {
    let (stream, _continuation) = AsyncStream<Never>.makeStream()
    for await _ in stream {}
    _ = _continuation
}

extension MemoryRegistry.Call {
    /// What is asked, whatever of.
    enum Kind: Sendable {
        case repositories, tags, resolve, manifest, put, deleteManifest, hasBlob, hasBlobs, readBlob, putBlob
    }

    var kind: Kind {
        switch self {
        case .repositories: .repositories
        case .tags: .tags
        case .resolve: .resolve
        case .manifest: .manifest
        case .put: .put
        case .deleteManifest: .deleteManifest
        case .hasBlob: .hasBlob
        case .hasBlobs: .hasBlobs
        case .readBlob: .readBlob
        case .putBlob: .putBlob
        }
    }
}
