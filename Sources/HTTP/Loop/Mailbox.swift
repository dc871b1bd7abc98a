import CCurl
import Glibc

/// What the loop thread is told to do.
enum Command: Sendable {
    /// Run a request with a bounded answer.
    case send(Ticket, Request, CheckedContinuation<Result<Response, TransportError>, Never>)
    /// Run a stream.
    case pipe(Ticket, BlobTransfer, CheckedContinuation<Result<PipeOutcome, TransportError>, Never>)
    /// End the exchange of this ticket, if it still runs.
    case cancel(Ticket)
}

/// The number of an exchange, unique in its loop.
typealias Ticket = UInt64

/// The one thing that tasks and the loop thread share: commands go in, the loop is woken.
///
/// `@unchecked Sendable`: everything mutable in it is touched under its own mutex alone, and
/// `curl_multi_wakeup` is the one function of a multi handle that libcurl allows from any thread.
/// The mutex is pthread's, since the thread sanitizer does not see the standard library's futex hand-over.
final class Mailbox: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let multi: OpaquePointer
    private var commands: [Command] = []
    private var wasWoken = false
    private var isClosed = false
    private var lastTicket: Ticket = 0

    init(multi: OpaquePointer) {
        self.multi = multi
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// A number for a new exchange.
    func newTicket() -> Ticket {
        locked {
            lastTicket += 1
            return lastTicket
        }
    }

    /// Leaves a command; false when the loop takes no more. The loop is woken once for all that lies there.
    func post(_ command: Command) -> Bool {
        locked {
            guard !isClosed else { return false }
            commands.append(command)
            wake()
            return true
        }
    }

    /// Takes every command, and tells whether the box has been closed.
    func collect() -> (commands: [Command], isClosed: Bool) {
        locked {
            wasWoken = false
            defer { commands.removeAll(keepingCapacity: true) }
            return (commands, isClosed)
        }
    }

    /// Lets no further command in and wakes the loop, which then ends.
    func close() {
        locked {
            guard !isClosed else { return }
            isClosed = true
            wake()
        }
    }

    private func wake() {
        guard !wasWoken else { return }
        wasWoken = true
        curl_multi_wakeup(multi)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
