import CCurl
import Glibc

/// Sleeps until a socket of libcurl's is ready, its timer is due, or the mailbox rings.
///
/// libcurl tells which sockets it waits for, so that a turn of the loop costs what moved and not what is
/// open: with its own poll, each turn asks the kernel about every transfer.
final class SocketWatch {
    private let multi: OpaquePointer
    private let bell: Int32
    private let epoll: Int32
    private var watched: Set<curl_socket_t> = []
    private var deadline: ContinuousClock.Instant?
    private var events = [epoll_event](repeating: epoll_event(), count: 64)

    init(multi: OpaquePointer, bell: Int32) {
        self.multi = multi
        self.bell = bell
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        control(EPOLL_CTL_ADD, bell, EPOLLIN.rawValue)
        let me = Unmanaged.passUnretained(self).toOpaque()
        davit_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, me)
        davit_multi_set_pointer(multi, CURLMOPT_TIMERDATA, me)
        davit_multi_on_socket(multi) { _, socket, wish, me, _ in
            guard let me else { return -1 }
            Unmanaged<SocketWatch>.fromOpaque(me).takeUnretainedValue().wish(wish, for: socket)
            return 0
        }
        davit_multi_on_timer(multi) { _, milliseconds, me in
            guard let me else { return -1 }
            let watch = Unmanaged<SocketWatch>.fromOpaque(me).takeUnretainedValue()
            watch.deadline = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
            return 0
        }
    }

    /// False where the system had no descriptors left for it.
    var isOpen: Bool { epoll >= 0 && bell >= 0 }

    deinit { close(epoll) }

    /// Lets libcurl do what was to be done at a time that has come.
    func runTimer() {
        guard let due = deadline, due <= .now else { return }
        deadline = nil
        var running: Int32 = 0
        curl_multi_socket_action(multi, CURL_SOCKET_BAD, 0, &running)
    }

    /// Waits, and lets libcurl read and write what is ready.
    func wait(atMost longest: Duration?) {
        var pause = longest
        if let deadline { pause = min(max(.zero, deadline - .now), longest ?? .seconds(3600)) }
        // Rounded up: a timer that is a little early would only turn the loop once more.
        let limit = pause.map { Int32(clamping: $0.milliseconds + 1) } ?? -1
        let count = epoll_wait(epoll, &events, Int32(events.count), limit)
        guard count > 0 else { return }
        for event in events[..<Int(count)] where event.data.fd != bell {
            var ready: Int32 = 0
            if event.events & EPOLLIN.rawValue != 0 { ready |= CURL_CSELECT_IN }
            if event.events & EPOLLOUT.rawValue != 0 { ready |= CURL_CSELECT_OUT }
            if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { ready |= CURL_CSELECT_ERR }
            var running: Int32 = 0
            curl_multi_socket_action(multi, event.data.fd, ready, &running)
        }
    }

    private func wish(_ wish: Int32, for socket: curl_socket_t) {
        guard wish != CURL_POLL_REMOVE else {
            watched.remove(socket)
            return control(EPOLL_CTL_DEL, socket, 0)
        }
        var interest: UInt32 = 0
        if wish & CURL_POLL_IN != 0 { interest |= EPOLLIN.rawValue }
        if wish & CURL_POLL_OUT != 0 { interest |= EPOLLOUT.rawValue }
        control(watched.insert(socket).inserted ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, interest)
    }

    private func control(_ action: Int32, _ socket: Int32, _ interest: UInt32) {
        var event = epoll_event(events: interest, data: epoll_data_t(fd: socket))
        epoll_ctl(epoll, action, socket, &event)
    }
}
