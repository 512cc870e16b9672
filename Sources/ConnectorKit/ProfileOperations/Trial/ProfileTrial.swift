// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import Foundation
internal import HTTPTransport
internal import JSONDocuments
internal import YAMLDocuments

/// Makes every request of a profile with sample values; nothing is sent. What reads an answer is not run: only the CA knows
/// what it answers.
struct ProfileTrial {
    let profile: ConnectorProfile
    let rules: OperationProfile
    let library: ExpressionLibrary
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// - Returns: each program once, with the first sample for which it gives nothing usable.
    func problems() -> [Diagnostic] {
        var found: [String: Diagnostic] = [:]
        do {
            let builder = try RequestBuilder(endpoint: profile.environments.first?.url ?? "https://ca.example")
            let contexts = try SampleContexts(profile, library, now: now)
            for settings in SampleSettings.all(profile.settings) {
                // Which settings go together, the login's conditions tell only in part.
                if !settings.isLeast { attempt(settings.title, &found) { try logIn(settings, builder) } }
                for operation in rules.operations.values.sorted(by: { $0.name < $1.name }) {
                    for (title, context) in contexts.all(of: operation, settings) {
                        attempt("\(settings.title)\(title)", needs: operation.needs, &found) {
                            let values = MessageValues(input: context.json, settings: settings.revealed, now: now)
                            _ = try builder.request(
                                operation.request, values, headers: rules.headers, timeout: rules.timeout)
                        }
                    }
                }
            }
        } catch {
            return [Diagnostic(file: profile.file, message: "cannot be tried with sample values: \(error)")]
        }
        for ability in profile.abilities where !profile.claims(ability) {
            found["abilities.\(ability.rawValue)"] = Diagnostic(
                file: profile.file, keyPath: "abilities",
                message: "\(ability.rawValue) is promised, but there is no operation \(ability.rawValue)",
                hint: "add it, or take it off the list")
        }
        return found.values.sorted { ($0.line ?? 0, $0.keyPath) < ($1.line ?? 0, $1.keyPath) }
    }

    private func attempt(
        _ sample: String, needs: [String] = [], _ found: inout [String: Diagnostic], _ run: () throws -> Void
    ) {
        do { try run() } catch let error as ExpressionError {
            // What a program finds wrong itself is its business, and so is what depends on values that only the CA has.
            let isMeant = ["configuration", "refused"].contains { error.raised?[$0]?.string != nil }
            let place = library.place(of: error.keyPath)
            if isMeant || !needs.isEmpty && place?.source.contains("prepared") == true { return }
            note(
                error.detail.map { "\(error.message): \(SafeText.sentence($0))" } ?? error.message, error.keyPath,
                sample, &found)
        } catch let error as RequestError {
            let parts = error.message.split(separator: ": ", maxSplits: 1).map(String.init)
            // What is said of a setting is about the sample.
            guard parts.count == 2, library.place(of: parts[0]) != nil else { return }
            note(parts[1], parts[0], sample, &found)
        } catch {
            // A sample is no certificate and no key: what signs messages cannot be tried.
        }
    }

    private func note(_ what: String, _ keyPath: String, _ sample: String, _ found: inout [String: Diagnostic]) {
        let place = library.place(of: keyPath)?.diagnostic
        let problem = Diagnostic(
            file: profile.file, line: place?.line, column: place?.column, keyPath: keyPath,
            message: "\(what), tried \(sample)",
            hint: what.contains("null")
                ? "with // another value stands for null; or make the setting or name required" : nil)
        if found[keyPath] == nil { found[keyPath] = problem }
    }

    /// The login for the settings, as each request has it; none where only other settings have one.
    private func logIn(_ settings: SampleSettings, _ builder: RequestBuilder) throws {
        let input: JSONValue = ["settings": settings.revealed]
        guard let login = try rules.logins.first(where: { try $0.when?.isTrue(input) ?? true }) else { return }
        for (_, value) in login.headers + login.query { _ = try value.render(input) }
        if let (user, password) = login.basic { _ = (try user.render(input), try password.render(input)) }
        guard let token = login.token else { return }
        _ = try token.value?.render(["token": "sample"])
        _ = try builder.request(
            token.request, MessageValues(input: input, settings: settings.revealed, now: now), timeout: .seconds(30),
            address: token.request.addressSetting.map { _ in "https://login.example" })
    }
}
