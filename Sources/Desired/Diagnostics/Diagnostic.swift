/// One thing that is wrong with the manifests, told as a compiler would.
public struct Diagnostic: Sendable, Hashable {
    /// How bad it is.
    public var severity: Severity
    /// The file, as it was named on the command line.
    public var file: String
    /// The line, counted from 1; 0: the file or folder as a whole.
    public var line: Int
    /// The character in the line, counted from 1.
    public var column: Int
    /// How many characters are underlined.
    public var width: Int
    /// One line that says what is wrong.
    public var message: String
    /// The text of that line, where there is one.
    public var sourceLine: String?
    /// What to do about it.
    public var hint: String?

    /// Describes something that is wrong.
    public init(
        severity: Severity = .error, file: String, line: Int = 0, column: Int = 0, width: Int = 1,
        message: String,
        sourceLine: String? = nil, hint: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.width = width
        self.message = message
        self.sourceLine = sourceLine
        self.hint = hint
    }

    /// How bad something is.
    public enum Severity: String, Sendable, Hashable {
        /// Nothing runs until it is mended.
        case error
        /// It runs, but perhaps not as meant.
        case warning
    }
}
