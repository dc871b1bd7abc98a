/// Which platforms are meant: `os/architecture` or `os/architecture/variant`, in Go's spelling. An OS version may
/// stand in brackets behind the system: `windows(10.0.17763)/amd64`.
///
/// What a selector leaves out it does not ask for: `linux/arm` means every variant of it. What an image leaves out
/// goes without saying: an `arm64` without a variant is a `v8`, an `arm` a `v7`, an `amd64` a `v1`.
public struct PlatformSelector: CheckedText {
    /// The selector as it was written.
    public let description: String
    private let os: Substring
    private let osVersion: Substring?
    private let architecture: Substring
    private let variant: Substring?

    /// Reads a selector, or says what is wrong with it.
    public init(_ text: String) throws(PlatformError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { throw .badForm(text) }
        let (system, version) = Self.system(parts[0])
        let words = [system] + parts.dropFirst() + (version.map { [$0] } ?? [])
        guard words.allSatisfy({ !$0.isEmpty }) else { throw .badForm(text) }
        guard words.allSatisfy({ $0.utf8.allSatisfy(Self.allows) }) else { throw .badCharacter(text) }
        if let usual = Self.usualNames[String(parts[1])] ?? Self.usualNames[String(system)] {
            throw .otherSpelling(text, usual: usual)
        }
        description = text
        (os, osVersion, architecture) = (system, version, parts[1])
        variant = parts.count == 3 ? parts[2] : nil
    }

    /// True of a platform that is meant.
    public func matches(_ platform: Platform) -> Bool {
        guard os == platform.os, architecture == platform.architecture else { return false }
        if let variant {
            let wanted = Platform.fullVariant(String(variant), of: platform.architecture)
            guard wanted == platform.fullVariant else { return false }
        }
        guard let osVersion else { return true }
        guard let version = platform.osVersion else { return false }
        return version == osVersion || version.hasPrefix(osVersion + ".")
    }

    /// The operating system and the version behind it, where there is one.
    private static func system(_ text: Substring) -> (Substring, Substring?) {
        guard text.last == ")", let open = text.firstIndex(of: "(") else { return (text, nil) }
        return (text[..<open], text[text.index(after: open)...].dropLast())
    }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// What others call a processor or a system, and what images call it.
    private static let usualNames = [
        "x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "aarch64": "arm64", "armhf": "arm/v7",
        "armel": "arm/v6", "i386": "386", "i686": "386", "macos": "darwin",
    ]
}

/// Why a text means no platform.
public enum PlatformError: Error, Equatable, CustomStringConvertible {
    /// It is not of two or three parts.
    case badForm(String)
    /// It holds something that no platform's name holds.
    case badCharacter(String)
    /// Images spell it in another way.
    case otherSpelling(String, usual: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .badForm(let text): "'\(text)' is no platform: write os/architecture or os/architecture/variant"
        case .badCharacter(let text):
            "'\(text)' is no platform: only a-z, 0-9, '.', '_' and '-' may stand in its parts"
        case .otherSpelling(let text, let usual):
            "'\(text)' is no platform as images name theirs: they say '\(usual)'"
        }
    }
}
