// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import PKIX
internal import Synchronization

/// One check at work: what it sees, and the steps that many checks share.
final class CheckRun: Sendable {
    let workbench: Workbench
    private let notes = Mutex<[String]>([])
    private let counter = Mutex(0)
    private let told = Mutex<Set<String>>([])
    private let id: String

    init(_ workbench: Workbench, id: String) {
        self.workbench = workbench
        self.id = id
    }

    var bench: ConformanceBench { workbench.bench }
    var profile: ConnectorProfile { bench.profile }
    var connector: any CertificateAuthorityConnector { workbench.connector }
    var clock: any ConnectorClock { bench.services.clock }
    var facts: ProductFacts? { profile.product(bench.trial.product) }

    /// Remembers what was seen; whether a secret is in it is looked at in the end.
    func note(_ text: String) {
        workbench.observations.add(text)
        notes.withLock { $0.append(text) }
    }
    /// For checks that see the same a hundred times and say it once.
    func forgetNotes() { notes.withLock { $0 = [] } }

    /// Says to whoever watches what is waited for, once: a hundred orders of a check may wait for the same.
    ///
    /// - Parameter about: what tells one wait from another; nil for `what` itself.
    func waits(_ what: String, _ patience: Duration, about: String? = nil) {
        guard told.withLock({ $0.insert(about ?? what).inserted }) else { return }
        let mask = SecretMaskOfSettings(bench.settings)
        bench.tell("\(id): \(SafeText.sentence(mask.masking(what))), up to \(patience)")
    }

    var evidence: [String] { notes.withLock { $0 } }

    /// The connector as one of its abilities.
    func ability<Ability>(_ type: Ability.Type, _ ability: ConnectorAbility) throws -> Ability {
        guard profile.claims(ability), let able = connector as? Ability else {
            throw CheckStop(.notClaimed("the backend CA does not claim \(ability.rawValue)"))
        }
        return able
    }

    func has(_ ability: ConnectorAbility) -> Bool { profile.claims(ability) && ability.isImplemented(by: connector) }

    func sandbox(_ otherwise: String) throws -> any SandboxControl {
        guard let sandbox = bench.sandbox else { throw CheckStop.skipped(otherwise) }
        return sandbox
    }

    /// A new request with a key of its own.
    ///
    /// - Parameters:
    ///   - word: small letters and digits; becomes part of names and reference.
    ///   - key: nil for a new one of the trial's type.
    func request(
        _ word: String, trial: OrderTrial? = nil, key: PrivateKey? = nil,
        names change: (inout RequestedNames) -> Void = { _ in }
    ) throws -> CertificateRequest {
        let trial = trial ?? bench.trial
        let number = counter.withLock { count in
            count += 1
            return count
        }
        let unique =
            "\(word)\(DigestAlgorithm.sha256.digest(Array("\(id)/\(number)".utf8)).prefix(3).map { String($0, radix: 16) }.joined())"
        let names = bench.subjects.names(unique, for: trial, profile.product(trial.product), change: change)
        return CertificateRequest(
            reference: "cwt-\(bench.subjects.tag)-\(unique)", product: trial.product,
            csr: try csr(names, key: try key ?? PrivateKey.generate(trial.key)), names: names,
            validityDays: trial.validityDays, purpose: trial.purpose, options: trial.options)
    }

    /// The PKCS #10 request as the gateway makes it.
    func csr(_ names: RequestedNames, key: PrivateKey) throws -> CertificateSigningRequest {
        do {
            return try CertificateSigningRequest.make(
                subject: names.distinguishedName, alternativeNames: names.alternativeNames,
                securityIdentifier: names.securityIdentifier, key: key)
        } catch {
            throw CheckStop.failed("no request can be made with these names: \(error)")
        }
    }
}
