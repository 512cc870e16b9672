// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Fulfilment
import Ledger
import MicrosoftGraph
import PKIX
import Planning
import Settings

/// The gateway as it is configured at the moment of asking. Loops ask it for each piece of work, so that a changed
/// configuration, profile, secret or certificate is in force with the next one.
public actor CurrentGateway {
    /// What was made of one state of configuration and files.
    private struct Parts {
        let sources: Sources
        let graph: GraphClient
        let context: EnrollmentContext
    }

    /// While this is the same, so are the parts.
    private struct Sources: Equatable {
        let revision: Int64
        let files: [String: FileStamp?]
    }

    private let memory: EngineMemory
    private let mark: SubmissionMark
    private let keyGenerator: KeyGenerator
    private var gateway: Gateway
    private var revision: Int64?
    private var parts: Parts?
    /// There is one in the life of a home: what is under way needs it, whatever becomes of its file.
    private var sealingKey: SealingKey?
    /// Files that cannot be used as they are now, once each.
    private var complaint: String?

    public init(_ gateway: Gateway, memory: EngineMemory) {
        self.gateway = gateway
        self.memory = memory
        mark = gateway.submissionMark
        keyGenerator = KeyGenerator(concurrency: gateway.configuration.limits.keyGenerators)
    }

    /// Costs one look-up in the database when nothing has changed.
    ///
    /// - Throws: `StoreError`; `Diagnostics` for a configuration that cannot be understood.
    public func latest() async throws -> Gateway {
        let found = try await gateway.revision
        guard found != revision else { return gateway }
        if revision != nil {
            gateway = try await gateway.reloaded()
            gateway.logger.log(.notice, "the configuration has changed and is in force", fields: [])
        }
        revision = found
        return gateway
    }

    /// What the stages work with.
    ///
    /// - Throws: as `latest`, and `SettingsError` when a file of a new configuration cannot be used. While the configuration
    ///   is the same, what worked until now goes on working: a secret may be half written.
    public func context() async throws -> EnrollmentContext {
        let gateway = try await latest()
        let parts = try current(gateway)
        var context = parts.context
        context.standsStill = gateway.clockSign != nil
        context.restoreDoubt = try await gateway.restoreDoubt
        let finding = try await mark.examine { try await gateway.ledger.submissionCount() }
        if let doubt = context.restoreDoubt, case .olderDatabase(let remembered, _) = finding {
            // Another node has noticed it: the consent to go on is asked for once, and not by each node.
            try await doubt.add(mark.targets(since: remembered), gateway.ledger)
            context.restoreDoubt = try await gateway.restoreDoubt
            try mark.reset(to: remembered)
        }
        context.forbidsSubmissions = context.restoreDoubt == nil && finding != .consistent
        return context
    }

    /// The deciding half, with a directory client that keeps its token.
    ///
    /// - Parameter lease: the right to plan, where several nodes may have it.
    /// - Throws: as `context`.
    public func pass(
        under lease: NodeLease? = nil, _ onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in }
    ) async throws -> EnrollmentPass {
        let gateway = try await latest()
        return gateway.pass(try current(gateway).graph, under: lease, onActivity)
    }

    /// Reads the directory, and once its answers have told the time begins the switches whose day has come.
    ///
    /// - Returns: what was read, and the revision of the configuration that it was read for.
    /// - Throws: as `context`.
    func readDirectory(
        under lease: NodeLease?, _ onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in }
    ) async throws -> (report: EnrollmentPass.Report, revision: Int64) {
        let gateway = try await latest()
        let revision = try await gateway.revision
        let report = try await pass(under: lease, onActivity).readDirectory()
        guard gateway.clockSign == nil, try await gateway.beginDueSwitches() else { return (report, revision) }
        let changed = try await latest().revision
        return (try await pass(under: lease, onActivity).readDirectory(), changed)
    }

    /// The directory client, which keeps its token.
    ///
    /// - Throws: as `context`.
    public func graph() async throws -> GraphClient { try current(try await latest()).graph }

    private func current(_ gateway: Gateway) throws -> Parts {
        let sources = Sources(revision: revision ?? 0, files: stamps(gateway.configuration))
        if let parts, parts.sources == sources { return parts }
        do {
            let graph = try gateway.graphClient()
            let sealingKey = try sealingKey ?? gateway.sealingKey()
            self.sealingKey = sealingKey
            let context = try gateway.context(
                graph, sealingKey: sealingKey, memory: memory, mark: mark, keyGenerator: keyGenerator)
            let made = Parts(sources: sources, graph: graph, context: context)
            (parts, complaint) = (made, nil)
            return made
        } catch {
            guard let parts, parts.sources.revision == sources.revision else { throw error }
            if complaint != "\(error)" {
                complaint = "\(error)"
                gateway.logger.log(.error, "\(error); what was there before stays in force", fields: [])
            }
            return parts
        }
    }

    /// State of each file that the parts are made of; those of backend CAs are the registry's.
    private func stamps(_ configuration: GatewayConfiguration) -> [String: FileStamp?] {
        var paths = configuration.keyRecoveryAgents.map(\.certificate)
        paths += [configuration.intune?.publicKey, configuration.tenant?.tlsRoots].compactMap(\.self)
        switch configuration.tenant?.credential {
        case .secret(let reference)?: paths += [reference.path].compactMap(\.self)
        case .certificate(let path, let key)?: paths += [path] + [key.path].compactMap(\.self)
        case nil: break
        }
        return Dictionary(paths.map { ($0, FileStamp(path: $0)) }, uniquingKeysWith: { first, _ in first })
    }
}
