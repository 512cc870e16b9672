// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import YAMLDocuments

/// The members of the objects that programs see. They are closed, so a name that is none of them is a mistake.
struct VisibleMembers {
    /// Members of an object that is closed, by its path.
    private let closed: [String: [String]]
    private let secrets: Set<String>
    private let roots: [String]

    /// - Parameters:
    ///   - requestMembers: what the message format adds for programs of requests.
    init(_ reading: ProfileReading, requestMembers: [String]) {
        var closed = ProgramInput.members
        closed["settings"] = reading.profile.settings.map(\.key)
        closed["prepared"] = (reading.section("prepare")?.keys ?? []).sorted()
        self.closed = closed
        secrets = Set(reading.secretSettings)
        roots = Self.roots + requestMembers
    }

    /// Notes each name that does not exist, and each secret that is read where none is seen.
    func check(_ paths: [RootPath], _ collector: DiagnosticCollector) {
        for path in paths { if let problem = problem(path) { collector.add(problem) } }
    }

    private func problem(_ path: RootPath) -> Diagnostic? {
        let isLogin = path.keyPath == "login" || path.keyPath.hasPrefix("login.") || path.keyPath.hasPrefix("login[")
        if path.names.count > 1, path.names[0] == "settings", secrets.contains(path.names[1]),
            ["operations.", "prepare.", "errors["].contains(where: path.keyPath.hasPrefix)
        {
            return path.diagnostic(
                "settings.\(path.names[1]) is a secret, and only the programs of login see secrets",
                hint: "send it from login")
        }
        // What programs see of an answer is the CA's; those of a request see nothing else.
        if path.keyPath.hasPrefix("operations."), path.keyPath.split(separator: ".").dropFirst(2).first == "request",
            !roots.contains(path.names[0])
        {
            return path.diagnostic("unknown .\(path.names[0])", hint: suggestion(for: path.names[0], in: roots))
        }
        for count in 1..<max(1, path.names.count) {
            let object = path.names.prefix(count).joined(separator: ".")
            guard let members = closed[object], !isLogin || object == "settings" else { continue }
            let name = path.names[count]
            guard !members.contains(name) else { continue }
            return path.diagnostic("unknown \(object).\(name)", hint: suggestion(for: name, in: members))
        }
        return nil
    }

    /// What `OperationContext` gives programs that make a request.
    private static let roots = [
        "settings", "operation", "request", "order", "prepared", "now", "revocation", "predecessor", "note", "cursor",
    ]
}
