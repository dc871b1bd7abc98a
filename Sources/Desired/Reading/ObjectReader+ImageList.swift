extension ObjectReader {
    /// Where a list is found, and the number of its file.
    struct ListPlace {
        var list: ImageList
        var file: Int?
        var via: NamedPlace?
    }

    mutating func imageList(_ fields: Fields) -> ListPlace? {
        if let value = fields["file"] { return listFile(value) }
        guard let parameter = fields["ssmParameter"]?.fields else { return nil }
        let via = named(parameter["via"])
        return regionalName(parameter, AmazonName.parameter).map {
            ListPlace(list: .parameter(name: $0.name, region: $0.region, via: via?.name), via: via)
        }
    }

    private mutating func listFile(_ value: Value) -> ListPlace? {
        guard let path = value.text, let text = text(ofFile: value, atMost: ImageListText.mostBytes) else {
            return nil
        }
        let name = file.name.contains("/") ? FilePaths.parent(of: file.name) + "/" + path : path
        guard let number = texts.add(list: text, named: name) else {
            refuse("the lists of all rules together have more than 16 MiB", at: value)
            return nil
        }
        return ListPlace(list: .file(text: text, path: path), file: number)
    }

    mutating func statusTable(_ fields: Fields) -> (table: StatusTable, via: NamedPlace?)? {
        let via = named(fields["via"])
        let region = amazon(fields["region"], AmazonName.region)
        guard let name = amazon(fields["name"], AmazonName.table) else { return nil }
        return (StatusTable(name: name, region: region, via: via?.name), via)
    }
}
