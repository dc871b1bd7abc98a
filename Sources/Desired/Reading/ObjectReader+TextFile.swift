extension ObjectReader {
    /// What stands in a file beside the manifest, which is shown or sent on and so can be no secret.
    mutating func text(ofFile value: Value, atMost limit: Int) -> String? {
        guard let path = textPath(value) else { return nil }
        let name = (value.text ?? "").quoted
        do throws(TextFiles.Refusal) {
            return try texts.text(at: path, atMost: limit)
        } catch {
            switch error {
            case .tooLong: refuse("the file \(name) has more than \(limit) bytes", at: value)
            case .tooMany: refuse("the files that manifests name have more than 64 MiB", at: value)
            case .unreadable: refuse("the file \(name) can't be read", at: value)
            case .notUTF8: refuse("the file \(name) is no text in UTF-8", at: value)
            }
            return nil
        }
    }

    private mutating func textPath(_ value: Value) -> String? {
        guard let text = value.text else { return nil }
        do throws(FileAccess.Refusal) { return try file.access.text(at: text) } catch {
            switch error {
            case .absolute:
                refuse(
                    "the path \(text.quoted) is absolute", at: value,
                    hint: "write it from the manifest's folder")
            case .outside:
                refuse(
                    "\(text.quoted) leads out of the manifests' folder", at: value,
                    hint:
                        "links are followed; what is in --secrets-dir is never shown, and so can't be named here"
                )
            case .homeless:
                refuse(
                    "a manifest from standard input can't read \(text.quoted)", at: value,
                    hint: "it stands in no folder: put manifest and file into one")
            case .hidden:
                refuse(
                    "\(text.quoted) is hidden", at: value,
                    hint: "no name of it inside the manifests' folder may begin with '.'")
            case .missing: refuse("the file \(text.quoted) is not there", at: value)
            case .notAFile: refuse("\(text.quoted) is no file", at: value)
            }
            return nil
        }
    }
}
