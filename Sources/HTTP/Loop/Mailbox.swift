import CCurl
import Glibc

/// What the loop thread is told to do.
enum Command: Sendable {
    /// Run a request with a bounded answer.
    case send(Ticket, Request, CheckedContinuation<Result<Response, TransportError>, Never>)
    /// Run a stream.
    case pipe(Ticket, BlobTransfer, PipeWaiter)
    /// Let a stream that has asked something go on.
    case goOn(Ticket, PipeStep, PipeWaiter)
    /// Run a request whose answer's body goes into a file.
    case fetch(Ticket, Request, BlobSink, CheckedContinuation<Result<Response, TransportError>, Never>)
    /// Run a request whose body is a part of a file.
    case upload(Ticket, Request, FileBody, CheckedContinuation<Result<Response, TransportError>, Never>)
    /// End the exchange of this ticket, if it still runs.
    case cancel(Ticket)
}

/// Who waits for news of a stream.
typealias PipeWaiter = CheckedContinuation<Result<PipeNews, TransportError>, Never>

/// What a stream tells: its end, or that it can't go on by itself.
enum PipeNews: Sendable {
    /// It is over.
    case ended(PipeOutcome)
    /// The source gives no more; bytes of its content up to this place are there.
    case sourceStopped(SourceSetback, at: Int64)
    /// The destination has taken a part; so many bytes of the stream are there.
    case partStored(Response, sent: Int64)
}

/// What a stream is told to do next; without a request it ends.
enum PipeStep: Sendable {
    /// Read on by this request.
    case source(Request?)
    /// Send the next part by this request.
    case part(Request?)
}

/// The number of an exchange, unique in its loop.
typealias Ticket = UInt64

/// The one thing that tasks and the loop thread share: commands go in, the loop is woken.
///
/// `@unchecked Sendable`: everything mutable in it is touched under its own mutex alone.
/// The mutex is pthread's, since the thread sanitizer does not see the standard library's futex hand-over.
final class Mailbox: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    /// What the loop sleeps on besides its sockets: readable when something lies in the box.
    let bell: Int32
    private var commands: [Command] = []
    private var wasWoken = false
    private var isClosed = false
    private var lastTicket: Ticket = 0
    private var rings: eventfd_t = 0

    init() {
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        Glibc.close(bell)
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
            if wasWoken { eventfd_read(bell, &rings) }
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
        eventfd_write(bell, 1)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
