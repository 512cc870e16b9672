// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import YAMLDocuments

/// Reads a request of a profile and holds it to the rule that no profile names a host.
struct RequestReader {
    let reading: ProfileReading
    let format: any MessageFormat
    private var library: ExpressionLibrary { reading.library }

    /// - Parameter operation: nil for a login, which may go to an address that the administrator gives as a setting.
    func read(_ reader: MappingReader, of operation: MappingReader?) -> RequestTemplate {
        let isLogin = operation == nil
        let described = isLogin ? "login.token.request" : "operations.*.request"
        // A format without a choice of methods posts its messages.
        let method =
            reading.describes("\(described).method")
            ? reader.requiredNode("method")?.word(
                at: reader.path(of: "method"), of: ProfileReading.methods, reader.collector) : "POST"
        let address = isLogin ? addressSetting(reader) : nil
        let needsPath = address == nil && (isLogin || reading.requires("\(described).path"))
        let path = needsPath ? reader.requiredTemplate("path", library) : reader.template("path", library)
        if let path, let problem = RelativePath.problem(path) { reader.add("path", problem) }
        if address != nil, reader.has("path") { reader.add("path", "either path or addressFrom") }
        let request = RequestTemplate(
            method: method ?? "GET", path: path, addressSetting: address, headers: headers(reader),
            query: reader.program("query", library), message: format.message(reader, of: operation),
            timeout: reader.duration("timeout", in: .exchange))
        if request.message.hasBody, method == "GET" || method == "HEAD" {
            reader.add("method", "\(method ?? "") has no body", hint: "put the values into query")
        }
        reading.finish(reader, described)
        return request
    }

    func headers(_ reader: MappingReader) -> [(name: String, value: Template)] {
        (reader.dictionary("headers") ?? []).compactMap { member in
            let isToken = member.key.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0)
            }
            if member.key.isEmpty || !isToken {
                reader.collector.add(member.node, member.path, "\"\(member.key)\" is not the name of a header")
            }
            if ["host", "content-length", "transfer-encoding", "connection"].contains(member.key.lowercased()) {
                reader.collector.add(member.node, member.path, "the gateway sets \(member.key) itself")
            }
            let value = library.template(member.node, keyPath: member.path, collector: reader.collector)
            return value.map { (member.key, $0) }
        }
    }

    private func addressSetting(_ reader: MappingReader) -> String? {
        guard let key = reader.string("addressFrom") else { return nil }
        let texts = reading.profile.settings.filter { $0.type == .text && $0.defaultValue == nil }.map(\.key)
        if !texts.contains(key) {
            reader.add(
                "addressFrom", "\(key) is not a text setting without default",
                hint: texts.isEmpty ? "only an administrator may name another host" : suggestion(for: key, in: texts))
        }
        return key
    }
}
