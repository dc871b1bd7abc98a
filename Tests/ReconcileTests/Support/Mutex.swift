import Lab

/// The lab's lock under the standard library's name, for all tests of this module: the thread sanitizer can't see
/// how `Synchronization.Mutex` hands a lock over, and would call what it guards a race.
final class Mutex<Value>: Sendable {
    private let value: Guarded<Value>

    init(_ value: sending Value) { self.value = Guarded(value) }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result { try value.with(body) }
}
