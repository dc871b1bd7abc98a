/// What a body callback decided.
enum BodyVerdict {
    /// So many bytes were taken or given.
    case moved(Int)
    /// The other side is not ready: pause this one.
    case wait
    /// The transfer must end.
    case refuse(TransportError.Kind, String)
}
