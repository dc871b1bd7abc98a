import ArgumentParser
import Glibc

/// A file that is read as a whole, within bounds.
enum InputFile {
    /// Its bytes; `-` is standard input.
    static func bytes(_ path: String, most: Int, noun: String) throws -> [UInt8] {
        // A pipe without a writer would hold this up for ever.
        let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw refused(noun, path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, path == "-" || facts.st_mode & S_IFMT == S_IFREG else {
            throw refused(noun, path, "it is no plain file")
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= most {
            let count = read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw refused(noun, path, String(cString: strerror(errno))) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
        var refusal = refused(
            noun, path, "it has more than the \(Amount.bytes(Int64(most))) that are left for it")
        refusal.isTooLarge = true
        throw refusal
    }

    private static func refused(_ noun: String, _ path: String, _ why: String) -> InputFileError {
        InputFileError(description: "the \(noun) \(path) can't be read: \(why)")
    }
}

/// A file that can't be read, and why.
struct InputFileError: Error, CustomStringConvertible {
    let description: String
    /// There is more of it than is read.
    var isTooLarge = false
}
