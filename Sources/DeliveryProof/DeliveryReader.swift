// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Delivery
public import Foundation
import JSONDocuments
public import MicrosoftGraph

/// Reads what Intune and its devices say of a delivery, and changes nothing. Each part is read by itself: what the application may not
/// read is unknown, and the rest stands.
///
/// Costs about ten requests for a person, and one listing of reports for each import profile; whoever reads many shares `Tenant`.
public struct DeliveryReader: Sendable {
    /// Pages of reports that are read of one profile at most; beyond that what is not found is unknown.
    static let mostPages = 50

    private let graph: GraphClient
    private let uploader: IntunePFXUploader

    public init(graph: GraphClient, uploader: IntunePFXUploader) { (self.graph, self.uploader) = (graph, uploader) }

    /// What is the same for everybody.
    public struct Tenant: Sendable {
        struct Profile: Sendable {
            let id: String
            let type: String
            let purpose: String
            /// Groups it is assigned to; nil for everybody.
            let groups: Set<String>?
            let excluded: Set<String>
        }

        struct Report: Sendable {
            let thumbprint: String
            let deviceName: String
            let issuance: String
            let errorCode: Int?
        }

        let connectors: Reading<[ConnectorState]>
        let profiles: Reading<[Profile]>
        let reports: Reading<[Report]>
        /// Requests that reading it took, without those of repetitions.
        public let cost: Int
    }

    /// What the reading of one certificate asks Graph, about.
    public static let requestsForOne = 8

    /// - Throws: `CancellationError` alone.
    public func tenant() async throws -> Tenant {
        var cost = 2
        let connectors = await Reading {
            try await list(["deviceManagement", "ndesConnectors"]).map(ConnectorState.init)
        }
        let profiles = await Reading { try await readProfiles() }
        let reports = await Reading {
            guard let known = profiles.value else {
                throw GraphError(.transient, profiles.reason ?? "the import profiles are unknown")
            }
            var all: [Tenant.Report] = []
            for profile in known { all += try await readReports(of: profile, &cost) }
            return all
        }
        try Task.checkCancellation()
        cost += profiles.value?.count ?? 0
        return Tenant(connectors: connectors, profiles: profiles, reports: reports, cost: cost)
    }

    /// - Throws: `CancellationError` alone.
    public func evidence(
        _ expected: DeliveryExpectation, _ tenant: Tenant, at now: Date
    ) async throws -> DeliveryEvidence {
        let id = expected.subscriberID
        let account = await Reading { try await readAccount(id) }
        let name = (account.value ?? nil)?.userPrincipalName ?? expected.userPrincipalName
        let licence = await Reading { try await isLicensed(id) }
        let record = await Reading { try await uploader.certificate(userID: id, thumbprint: expected.thumbprint) }
        let ofPerson = await Reading { try await uploader.certificates(of: name) }
        let ofCertificate = await Reading { try await uploader.certificates(thumbprint: expected.thumbprint) }
        let assigned = await Reading {
            guard let profiles = tenant.profiles.value else {
                throw GraphError(.transient, tenant.profiles.reason ?? "the import profiles are unknown")
            }
            return try await isAssigned(profiles.filter { $0.purpose == expected.intendedPurpose }, id)
        }
        var devices = await Reading {
            try await list(["users", id, "managedDevices"]).map(DeviceState.init)
        }
        if let known = devices.value, let reports = tenant.reports.value {
            let own = reports.filter { $0.thumbprint == expected.thumbprint }
            devices = .known(
                known.map { device in
                    var device = device
                    let report = own.first { $0.deviceName == device.name }
                    (device.issuance, device.errorCode) = (report?.issuance, report?.errorCode)
                    return device
                })
        }
        try Task.checkCancellation()
        let reports: Reading<Bool> =
            tenant.reports.reason.map { .unknown($0, isThrottled: tenant.reports.isThrottled) } ?? .known(true)
        return DeliveryEvidence(
            expected: expected, readAt: now, account: account, isLicensed: licence, record: record,
            recordsOfPerson: ofPerson, recordsOfCertificate: ofCertificate, connectors: tenant.connectors,
            isProfileAssigned: assigned, devices: devices, reports: reports)
    }

    // MARK: - Requests

    private func list(_ path: [String]) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        for try await page in graph.pages(GraphRequest("GET", path, version: .beta)) { items += page.items }
        return items
    }

    private func readAccount(_ id: String) async throws -> DeliveryEvidence.Account? {
        do {
            let json = try await graph.send(
                GraphRequest("GET", ["users", id], query: [("$select", "id,userPrincipalName,accountEnabled")]))
            guard let name = json["userPrincipalName"]?.string, let isEnabled = json["accountEnabled"]?.bool else {
                throw GraphError(.permission, "Graph answers without the account's name and state")
            }
            return DeliveryEvidence.Account(userPrincipalName: name, isEnabled: isEnabled)
        } catch let error as GraphError where error.kind == .notFound {
            return nil
        }
    }

    /// Of the plans that are on, whether one is Intune: its own or the one for education.
    private func isLicensed(_ id: String) async throws -> Bool {
        try await list(["users", id, "licenseDetails"]).contains { licence in
            (licence["servicePlans"]?.array ?? []).contains { plan in
                plan["servicePlanName"]?.string?.hasPrefix("INTUNE_") == true
                    && plan["provisioningStatus"]?.string == "Success"
            }
        }
    }

    private static let suffix = "ImportedPFXCertificateProfile"

    private func readProfiles() async throws -> [Tenant.Profile] {
        var found: [Tenant.Profile] = []
        for json in try await list(["deviceManagement", "deviceConfigurations"]) {
            guard let type = json["@odata.type"]?.string?.split(separator: ".").last, type.hasSuffix(Self.suffix),
                let id = json["id"]?.string
            else { continue }
            var groups: Set<String>? = []
            var excluded: Set<String> = []
            for assignment in try await list(["deviceManagement", "deviceConfigurations", id, "assignments"]) {
                let target = assignment["target"]
                let kind = target?["@odata.type"]?.string ?? ""
                let group = target?["groupId"]?.string?.lowercased() ?? ""
                if kind.hasSuffix("exclusionGroupAssignmentTarget") {
                    excluded.insert(group)
                } else if kind.hasSuffix("groupAssignmentTarget") {
                    groups?.insert(group)
                } else if kind.contains("all") {
                    groups = nil
                }
            }
            found.append(
                Tenant.Profile(
                    id: id, type: String(type), purpose: json["intendedPurpose"]?.string ?? "", groups: groups,
                    excluded: excluded))
        }
        return found
    }

    private func isAssigned(_ profiles: [Tenant.Profile], _ id: String) async throws -> Bool {
        let groups = Set(profiles.flatMap { ($0.groups ?? []).union($0.excluded) }).sorted()
        var own: Set<String> = []
        for start in stride(from: 0, to: groups.count, by: 20) {
            let part = Array(groups[start..<min(start + 20, groups.count)])
            let answer = try await graph.send(
                GraphRequest(
                    "POST", ["users", id, "checkMemberGroups"], body: ["groupIds": JSONValue(part)],
                    isIdempotent: true))
            own.formUnion((answer["value"]?.array ?? []).compactMap { $0.string?.lowercased() })
        }
        return profiles.contains { profile in
            profile.excluded.isDisjoint(with: own) && profile.groups.map { !$0.isDisjoint(with: own) } ?? true
        }
    }

    private func readReports(of profile: Tenant.Profile, _ cost: inout Int) async throws -> [Tenant.Report] {
        let path = [
            "deviceManagement", "deviceConfigurations", profile.id, "microsoft.graph.\(profile.type)",
            "managedDeviceCertificateStates",
        ]
        var found: [Tenant.Report] = []
        var pages = 0
        for try await page in graph.pages(GraphRequest("GET", path, version: .beta)) {
            pages += 1
            cost += 1
            guard pages <= Self.mostPages else {
                throw GraphError(.transient, "the reports of an import profile have more than \(Self.mostPages) pages")
            }
            found += page.items.compactMap { json in
                guard let thumbprint = json["certificateThumbprint"]?.string,
                    let issuance = json["certificateIssuanceState"]?.string
                else { return nil }
                return Tenant.Report(
                    thumbprint: thumbprint.lowercased(), deviceName: json["deviceDisplayName"]?.string ?? "",
                    issuance: issuance, errorCode: json["certificateErrorCode"]?.int)
            }
        }
        return found
    }
}
