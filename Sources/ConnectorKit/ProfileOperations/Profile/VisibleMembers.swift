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
    private let requestMembers: [String]
    private let answerMembers: [String]
    /// What `.answer` has, by the operation or preparation whose `read` names it; empty for a format without `read`.
    private let readMembers: [String: [String]]

    init(_ reading: ProfileReading, _ format: any MessageFormat.Type) {
        var closed = ProgramInput.members
        closed["settings"] = reading.profile.settings.map(\.key)
        closed["prepared"] = (reading.section("prepare")?.keys ?? []).sorted()
        self.closed = closed
        secrets = Set(reading.secretSettings)
        requestMembers = format.requestMembers
        readMembers = Self.readMembers(reading)
        answerMembers = ["status", "headers"] + format.answerMembers.matches(of: /`\.(\w+)/).map { String($0.1) }
    }

    private static func readMembers(_ reading: ProfileReading) -> [String: [String]] {
        guard reading.describes("operations.*.read") else { return [:] }
        var names: [String: [String]] = [:]
        for section in ["operations", "prepare"] {
            guard let place = reading.section(section) else { continue }
            func read(_ name: String) -> [String] {
                place.node(name)?["read"]?.members?.compactMap(\.key.scalar) ?? []
            }
            for name in place.keys {
                let model = place.node(name)?["like"]?.scalar
                names["\(section).\(name)"] = read(name) + (model.map(read) ?? [])
            }
        }
        return names
    }

    /// What `.answer` has in a program; nil where that is not known.
    private func members(ofAnswerIn keyPath: String) -> [String]? {
        guard !readMembers.isEmpty else { return nil }
        if keyPath.hasPrefix("errors[") { return Array(Set(readMembers.values.joined())).sorted() }
        // It sees the answer to `poll`.
        if keyPath == "operations.findByReference.match" { return readMembers["operations.poll"] }
        return readMembers[keyPath.split(separator: ".").prefix(2).joined(separator: ".")]
    }

    /// Notes each name that does not exist, and each secret that is read where none is seen.
    func check(_ paths: [RootPath], _ collector: DiagnosticCollector) {
        for path in paths { if let problem = problem(path) { collector.add(problem) } }
    }

    /// Notes what is meant to be read from the program's input and is read from what stands before a pipe, where it is null.
    func check(behindPipes paths: [RootPath], _ collector: DiagnosticCollector) {
        for path in paths where path.names.count > 1 {
            let (object, member) = (path.names[0], path.names[1])
            let isOurs =
                object == "settings"
                ? closed["settings"]?.contains(member) == true : Self.own[object]?.contains(member) == true
            guard isOurs else { continue }
            collector.add(
                path.diagnostic(
                    "behind a pipe .\(object).\(member) is read from what stands before the pipe, not from the program's input",
                    hint: "give it a name first: .\(object).\(member) as $x | …; a member of the CA's own answer is "
                        + ".\(object)[\"\(member)\"]"))
        }
    }

    /// Members that hardly any CA has under these names.
    private static let own = [
        "request": ["reference", "submittedAt", "validityDays"], "order": ["caRequestID"],
        "predecessor": ["caRequestID"], "revocation": ["reasonName", "reasonCode"],
    ]

    private func problem(_ path: RootPath) -> Diagnostic? {
        let isLogin = path.keyPath == "login" || path.keyPath.hasPrefix("login.") || path.keyPath.hasPrefix("login[")
        if path.names.count > 1, path.names[0] == "settings", secrets.contains(path.names[1]),
            ["operations.", "prepare.", "errors["].contains(where: path.keyPath.hasPrefix)
        {
            return path.diagnostic(
                "settings.\(path.names[1]) is a secret, and only the programs of login see secrets",
                hint: "send it from login")
        }
        if let roots = roots(of: path.keyPath, isLogin: isLogin), !roots.contains(path.names[0]) {
            return path.diagnostic("unknown .\(path.names[0])", hint: suggestion(for: path.names[0], in: roots))
        }
        if path.names.count > 1, path.names[0] == "answer", let members = members(ofAnswerIn: path.keyPath),
            !members.contains(path.names[1])
        {
            return path.diagnostic(
                "unknown answer.\(path.names[1]): read names no such member",
                hint: suggestion(for: path.names[1], in: members))
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

    /// What the programs of a place see at the top of their input; nil where that is not known.
    private func roots(of keyPath: String, isLogin: Bool) -> [String]? {
        if isLogin {
            if keyPath.hasSuffix(".token.value") { return ["token"] }
            return ["token", "expiresIn"].contains { keyPath.hasSuffix(".token.\($0)") }
                ? answerMembers : ["settings"] + requestMembers
        }
        let parts = keyPath.split(separator: ".")
        switch parts.first {
        case "operations", "prepare":
            return parts.dropFirst(2).first?.hasPrefix("request") == true
                ? Self.roots + requestMembers : Self.roots + answerMembers
        case let section? where section.hasPrefix("errors["): return Self.roots + answerMembers
        default: return nil
        }
    }

    /// What `OperationContext` gives programs that make a request.
    private static let roots = [
        "settings", "operation", "request", "order", "prepared", "now", "revocation", "predecessor", "note", "cursor",
    ]
}
