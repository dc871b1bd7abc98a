import Glibc

/// The server's own thread, where a script wants to be slow.
enum Thread {
    static func sleep(seconds: Double) { usleep(UInt32(seconds * 1e6)) }
}
