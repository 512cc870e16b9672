// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import JSONDocuments
internal import YAMLDocuments

/// Reads the sections of a profile that describe operations strictly and finds everything wrong at once.
struct OperationProfileReader {
    private let reading: ProfileReading
    private let format: any MessageFormat
    private var collector: DiagnosticCollector { reading.collector }
    /// What programs see of this machine's clock.
    private static let times = [".submittedAt", ".now"]
    var library: ExpressionLibrary { reading.library }

    init(_ profile: ConnectorProfile, _ format: any MessageFormat.Type, _ collector: DiagnosticCollector) {
        reading = ProfileReading(
            profile: profile, library: ExpressionLibrary(), collector: collector, keys: OperationKeys.all(of: format))
        self.format = format.init(reading)
    }

    func read() -> OperationProfile {
        collector.add(contentsOf: reading.profile.diagnoseSections(known: reading.keys))
        let requests = RequestReader(reading: reading, format: format)
        let logins = LoginReader(reading: reading, requests: requests).read()
        let preparations = preparations(requests)
        let operations = operations(requests)
        checkNeeds(operations, preparations)
        let common = reading.section("requestOptions")
        let result = OperationProfile(
            logins: logins, preparations: preparations, operations: operations, errors: errors(),
            headers: common.map(requests.headers) ?? [],
            timeout: common?.duration("timeout", in: .exchange) ?? .seconds(60))
        if let common { reading.finish(common, "requestOptions") }
        checkAbsence(result)
        let members = VisibleMembers(reading, type(of: format))
        members.check(library.rootPaths, collector)
        members.check(behindPipes: library.partPaths, collector)
        library.compile(into: collector)
        return result
    }

    private func operations(_ requests: RequestReader) -> [String: Operation] {
        guard let section = reading.section("operations") else {
            collector.add(
                Diagnostic(
                    file: reading.profile.file, keyPath: "operations", message: "operations is missing",
                    hint: "a profile has at least check and enroll"))
            return [:]
        }
        let unknown = section.keys.filter { name in !Operation.known.contains { $0.name == name } }
        // A mistyped name is told as such, not as missing too.
        for key in ["check", "enroll"] where !unknown.contains(where: { nearest($0, in: [key]) != nil }) {
            _ = section.requiredNode(key)
        }
        let outcomes = OutcomeReader(library: library, operations: section.keys)
        var operations: [String: Operation] = [:]
        var models: [String: String] = [:]
        for name in section.keys {
            guard let reader = section.mapping(name) else { continue }
            if let model = reader.node("like") {
                models[name] = model.word(at: reader.path(of: "like"), of: section.keys, collector)
                reader.finish(known: ["like"])
            } else {
                operations[name] = operation(name, reader, requests, outcomes)
            }
        }
        for (name, model) in models {
            if Operation.outcomes(of: name) != Operation.outcomes(of: model) {
                section.add(name, "answers to \(model) mean other things than those to \(name)")
            } else if let same = operations[model] {
                var operation = Operation(
                    name: name, needs: same.needs, request: same.request, answers: same.answers,
                    outcomes: same.outcomes,
                    choice: same.choice, match: same.match, matchesKey: same.matchesKey)
                operation.isSubmission = same.isCreating && !operation.isCreating
                operations[name] = operation
            } else if models[model] != nil {
                section.add(name, "\(model) is like another operation itself")
            }
        }
        checkReferences(operations, section)
        return operations
    }

    private func operation(
        _ name: String, _ reader: MappingReader, _ requests: RequestReader, _ outcomes: OutcomeReader
    ) -> Operation? {
        let request = reader.requiredNode("request").map { node in
            requests.read(MappingReader(node, path: reader.path(of: "request"), collector: collector), of: reader)
        }
        let answers = reader.program("answers", library)
        if reader.has("answers"), !Operation.isAboutOrder(name) {
            reader.add("answers", "\(name) asks about no order whose id is known")
        }
        let (rules, choice) = outcomes.read(reader, allowed: Operation.outcomes(of: name))
        checkOrderIDs(rules, of: name, reader)
        let isSearch = name == "findByReference"
        let match = isSearch ? reader.program("match", library) : nil
        let matchesKey = isSearch ? reader.bool("matchKey") ?? false : false
        let needs = reader.strings("needs") ?? []
        reader.finish(known: reading.keys.names(in: "operations.*") + (isSearch ? ["match", "matchKey"] : []))
        return request.map {
            var operation = Operation(
                name: name, needs: needs, request: $0, answers: answers, outcomes: rules, choice: choice,
                match: match, matchesKey: matchesKey)
            if isSearch {
                operation.asksByTime = library.mentions(Self.times, below: reader.path(of: "request"))
                operation.usesTime = library.mentions(Self.times, below: reader.path)
            }
            return operation
        }
    }

    private func preparations(_ requests: RequestReader) -> [String: Preparation] {
        guard let section = reading.section("prepare") else { return [:] }
        var preparations: [String: Preparation] = [:]
        for name in section.keys {
            guard let reader = section.mapping(name) else { continue }
            let request = reader.requiredNode("request").map { node in
                requests.read(MappingReader(node, path: reader.path(of: "request"), collector: collector), of: reader)
            }
            if let request, !["GET", "HEAD"].contains(request.method), reading.describes("operations.*.request.method")
            {
                reader.add(
                    "request", "a preparation only reads, \(request.method) may change something",
                    hint: "use GET; where the CA reads by POST, make it an operation of its own and go on with then")
            }
            let value = reader.requiredProgram("value", library)
            let lifetime = reader.requiredNode("lifetime")?.duration(
                at: reader.path(of: "lifetime"), in: .lifetime, collector)
            let own = type(of: format).profileKeys.names(in: "operations.*")
            reader.finish(known: reading.keys.names(in: "prepare.*") + own)
            if let request, let lifetime {
                preparations[name] = Preparation(name: name, request: request, value: value, lifetime: lifetime)
            }
        }
        return preparations
    }

    /// An order that is placed has no id before the answer tells one.
    private func checkOrderIDs(_ rules: [OutcomeRule], of name: String, _ reader: MappingReader) {
        guard name == "enroll" || name == "renew" else { return }
        for rule in rules where [.issued, .pending].contains(rule.kind) && !rule.members.contains("orderID") {
            collector.add(
                reader.node, rule.path(of: "orderID"),
                "orderID is missing, and before \(name) no id of the order is known",
                hint: "read the CA's id from the answer")
        }
    }

    /// Before the time of a call is over it may be executed, and its order is at the CA only then.
    private func checkAbsence(_ profile: OperationProfile) {
        guard let absence = reading.profile.absenceIsSureAfter else { return }
        for (name, operation) in profile.operations.sorted(by: { $0.key < $1.key }) where operation.isCreating {
            let timeout = operation.request.timeout ?? profile.timeout
            guard absence < timeout else { continue }
            collector.add(
                Diagnostic(
                    file: reading.profile.file, keyPath: "absenceIsSureAfter",
                    message:
                        "expected at least the \(timeout.text) that \(name) may take, found \(absence.text): an order that is still "
                        + "on its way would be placed again",
                    hint: "raise it, or shorten requestOptions.timeout"))
        }
    }

    /// What is needed must be prepared, and what is prepared must be needed.
    private func checkNeeds(_ operations: [String: Operation], _ preparations: [String: Preparation]) {
        guard let section = reading.section("operations") else { return }
        let known = (reading.section("prepare")?.keys ?? []).sorted()
        for (name, operation) in operations.sorted(by: { $0.key < $1.key }) {
            for need in operation.needs where !known.contains(need) {
                section.mapping(name)?.add("needs", "\(need) is not prepared", hint: suggestion(for: need, in: known))
            }
        }
        let needed = Set(operations.values.flatMap(\.needs))
        for name in known where !needed.contains(name) {
            reading.section("prepare")?.add(name, "no operation needs \(name)")
        }
    }

    /// Follow-ups must end, helpers must be used, and whoever can answer "pending" must be able to ask again.
    private func checkReferences(_ operations: [String: Operation], _ section: MappingReader) {
        let known = Operation.known.map(\.name)
        let followUps = operations.mapValues { $0.outcomes.compactMap(\.followUp) }
        let used = Set(followUps.values.joined())
        // Where the name of a follow-up is mistyped, that is told, and not that nobody uses the one that is meant.
        let isMistyped = operations.values.contains { $0.outcomes.contains { $0.kind == .then && $0.followUp == nil } }
        for name in section.keys where !isMistyped && !known.contains(name) && !used.contains(name) {
            section.add(
                name, "unknown operation \(name), and no outcome goes on with it",
                hint: suggestion(for: name, in: known))
        }
        for name in section.keys {
            if let loop = loop(from: name, followUps) {
                section.add(name, "the follow-ups go round in a circle: \(loop.joined(separator: " → "))")
            }
            let waits = operations[name]?.outcomes.contains { $0.kind == .pending } == true
            if waits, name == "enroll" || name == "renew", !section.has("poll") {
                section.add(name, "an order can be pending, but there is no operation poll")
            }
            let isOrder = (name == "enroll" || name == "renew") && section.node(name)?["like"] == nil
            if isOrder, followUps[name]?.isEmpty == false, !section.has("poll") {
                section.add(
                    name,
                    "it goes on with then, and when that step fails the order is asked about again, but there is no "
                        + "operation poll", hint: "add poll, with like where it is the same call")
            }
        }
        if section.has("findByReference"), !section.has("poll") {
            section.add("findByReference", "candidates are polled, but there is no operation poll")
        }
    }

    private func loop(from name: String, _ followUps: [String: [String]]) -> [String]? {
        func visit(_ path: [String]) -> [String]? {
            for next in followUps[path[path.count - 1]] ?? [] {
                if next == name { return path + [next] }
                if path.contains(next) { continue }
                if let loop = visit(path + [next]) { return loop }
            }
            return nil
        }
        return visit([name])
    }

    private func errors() -> [ErrorRule] {
        guard let node = reading.profile.sections["errors"] else { return [] }
        return node.list(at: "errors", collector).map { item in
            let reader = MappingReader(item.node, path: item.path, collector: collector)
            defer { reading.finish(reader, "errors[]") }
            if !reader.has("kind"), !reader.has("message") {
                collector.add(item.node, item.path, "the rule says neither kind nor message")
            }
            let rule = ErrorRule(
                when: reader.requiredProgram("when", library), kind: reader.choice("kind"),
                message: reader.program("message", library), retryAfter: reader.duration("retryAfter", in: .rest),
                ifAbsent: reader.choice("ifAbsent"))
            if rule.ifAbsent != nil, rule.kind != .outcomeUnknown || rule.ifAbsent == .outcomeUnknown {
                reader.add(
                    "ifAbsent", "it tells what kind outcomeUnknown means in the end, so it stands beside that one only")
            }
            return rule
        }
    }
}
