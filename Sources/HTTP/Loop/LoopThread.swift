import CCurl
import Glibc

/// The thread that owns a loop's core from its first turn to its last.
enum LoopThread {
    /// Starts it. The core is handed over whole: nobody else keeps it.
    static func start(_ core: LoopCore) {
        var thread = pthread_t()
        let handed = Unmanaged.passRetained(core).toOpaque()
        let started = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                davit_name_thread("curl-loop")
                Unmanaged<LoopCore>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, handed)
        guard started == 0 else {
            // No thread, no exchanges: the box refuses them with `.stopped`.
            core.mailbox.close()
            return Unmanaged<LoopCore>.fromOpaque(handed).release()
        }
        pthread_detach(thread)
    }
}
