/// Cuts the pieces of a body where its fault lies.
struct FaultCursor {
    /// What is to be done next.
    enum Part {
        case bytes([UInt8])
        case pause(seconds: Double)
        case reset
        case end
    }

    private let fault: BodyFault?
    private var passed = 0

    init(_ fault: BodyFault?) { self.fault = fault }

    mutating func parts(of piece: [UInt8]) -> [Part] {
        let start = passed
        passed += piece.count
        switch fault {
        case .reset(let place): return cut(piece, start, place, [.reset], goesOn: false)
        case .end(let place): return cut(piece, start, place, [.end], goesOn: false)
        case .stall(let place, let seconds):
            return cut(piece, start, place, [.pause(seconds: seconds)], goesOn: true)
        case .corrupt(let place) where place >= start && place < passed:
            var changed = piece
            changed[place - start] ^= 0x20
            return [.bytes(changed)]
        case .trickle(let bytes, let seconds):
            return stride(from: 0, to: piece.count, by: bytes).flatMap { place -> [Part] in
                [.pause(seconds: seconds), .bytes(Array(piece[place..<min(piece.count, place + bytes)]))]
            }
        case .corrupt, nil: return [.bytes(piece)]
        }
    }

    /// Puts something in at a place, if this piece holds it.
    private func cut(_ piece: [UInt8], _ start: Int, _ place: Int, _ middle: [Part], goesOn: Bool) -> [Part] {
        guard place >= start, place < start + piece.count else { return [.bytes(piece)] }
        let (before, after) = (Array(piece[..<(place - start)]), Array(piece[(place - start)...]))
        return (before.isEmpty ? [] : [.bytes(before)]) + middle + (goesOn ? [.bytes(after)] : [])
    }
}
