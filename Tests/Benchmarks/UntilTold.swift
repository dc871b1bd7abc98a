import Foundation

/// Holds the main thread until SIGTERM or SIGINT comes, or until a pipe on standard input is closed.
func waitUntilTold() {
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGTERM, SIGINT] { sigaddset(&wanted, number) }
    if standardInputIsAPipe {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(0, &byte, 1) > 0 {}
            kill(getpid(), SIGTERM)
        }
    }
    var got: Int32 = 0
    sigwait(&wanted, &got)
}

/// Has SIGTERM and SIGINT wait for `waitUntilTold`; to be called before any thread is made.
func holdSignals() {
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGTERM, SIGINT] { sigaddset(&wanted, number) }
    pthread_sigmask(SIG_BLOCK, &wanted, nil)
}

/// A background job's standard input is /dev/null, at its end from the start: that ends nothing.
private var standardInputIsAPipe: Bool {
    var facts = stat()
    return fstat(0, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO
}
