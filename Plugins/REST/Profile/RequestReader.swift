// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import YAMLDocuments

/// Reads a request of a profile and holds it to the rule that no profile names a host.
struct RequestReader {
    let library: ExpressionLibrary
    let profile: ConnectorProfile
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]

    /// - Parameter isLogin: a login may go to an address that the administrator gives as a setting.
    func read(_ reader: MappingReader, isLogin: Bool = false) -> RequestTemplate {
        let method = reader.requiredNode("method")?.word(
            at: reader.path(of: "method"), of: Self.methods, reader.collector)
        let address = isLogin ? addressSetting(reader) : nil
        let path = address == nil ? reader.requiredTemplate("path", library) : reader.template("path", library)
        if let path, let problem = RelativePath.problem(path) { reader.add("path", problem) }
        if address != nil, reader.has("path") { reader.add("path", "either path or addressFrom") }
        let request = RequestTemplate(
            method: method ?? "GET", path: path, addressSetting: address, headers: headers(reader),
            query: reader.program("query", library), body: body(reader), timeout: reader.duration("timeout"))
        if request.body != nil, method == "GET" || method == "HEAD" {
            reader.add("method", "\(method ?? "") has no body", hint: "put the values into query")
        }
        let known = isLogin ? "login.token.request" : "operations.*.request"
        reader.finish(known: RESTConnector.profileKeys.names(in: known))
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

    private func body(_ reader: MappingReader) -> RequestTemplate.Body? {
        if reader.has("json"), reader.has("form") { reader.add("form", "either json or form") }
        if reader.has("json") { return reader.program("json", library).map { .json($0) } }
        return reader.program("form", library).map { .form($0) }
    }

    private func addressSetting(_ reader: MappingReader) -> String? {
        guard let key = reader.string("addressFrom") else { return nil }
        let texts = profile.settings.filter { $0.type == .text && $0.defaultValue == nil }.map(\.key)
        if !texts.contains(key) {
            reader.add(
                "addressFrom", "\(key) is not a text setting without default",
                hint: texts.isEmpty ? "only an administrator may name another host" : suggestion(for: key, in: texts))
        }
        return key
    }
}
