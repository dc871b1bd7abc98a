import ArgumentParser
import FoundationEssentials
import Glibc

/// A file that a report or a plan goes to: opened before anything is done, and put in its place as a whole when all is
/// written.
///
/// What is no plain file (a device, a pipe) is written into and never replaced; of a link, what it leads to is
/// replaced, so that it stays a link.
struct ResultFile {
    private let noun: String
    private let path: String
    private let target: String
    private let draft: ResultDraft?

    /// Makes sure that the file can be written, so that an hour's work does not end in "no such folder".
    ///
    /// - Parameters:
    ///   - path: where it is to be.
    ///   - noun: what it is, for messages.
    ///   - mode: who may do what with it.
    init(_ path: String, for noun: String, mode: mode_t = 0o644) throws {
        (self.path, self.noun) = (path, noun)
        guard !path.isEmpty else { throw Self.refused(noun, "''", ENOENT) }
        var facts = stat()
        let isThere = stat(path, &facts) == 0
        let isPlain = !isThere || facts.st_mode & S_IFMT == S_IFREG
        guard !isThere || facts.st_mode & S_IFMT != S_IFDIR else { throw Self.refused(noun, path, EISDIR) }
        guard let target = Self.target(of: path) else { throw Self.refused(noun, path, ELOOP) }
        self.target = target
        guard isPlain else {
            draft = nil
            guard access(path, W_OK) == 0 else { throw Self.refused(noun, path, errno) }
            return
        }
        ResultDraft.sweep(besides: target)
        do throws(ResultDraft.Failure) { draft = try ResultDraft(of: target, mode) } catch {
            throw Self.refused(noun, path, error.code)
        }
    }

    /// Writes bytes behind those that were written before.
    func append(_ bytes: [UInt8]) throws(ResultFileError) {
        let descriptor = open(draft?.path ?? target, O_WRONLY | (draft == nil ? 0 : O_APPEND) | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure(errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Puts what was written in its place.
    func commit() throws(ResultFileError) {
        // A pipe or a device has nothing to be made safe.
        guard let draft else { return }
        guard draft.sync() else { throw failure(errno) }
        if rename(draft.path, target) != 0 { throw failure(errno) }
    }

    /// Takes the draft away, where nothing came of it.
    func discard() { if let draft { unlink(draft.path) } }

    /// Where links lead, be anything there or not.
    private static func target(of path: String) -> String? {
        var place = path
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: place) else {
                return place
            }
            let folder = place.lastIndex(of: "/").map { place[...$0] } ?? ""
            place = next.hasPrefix("/") ? next : folder + next
        }
        return nil
    }

    private func failure(_ code: Int32) -> ResultFileError {
        discard()
        return ResultFileError(
            description: "the \(noun) could not be written to \(path): \(String(cString: strerror(code)))")
    }

    private static func refused(_ noun: String, _ path: String, _ code: Int32) -> ValidationError {
        ValidationError("the \(noun) can't be written to \(path): \(String(cString: strerror(code)))")
    }
}

/// A result that could not be written; what was done is done.
struct ResultFileError: Error, CustomStringConvertible {
    let description: String
}
