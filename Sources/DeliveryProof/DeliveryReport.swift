// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// What a reading has shown of one certificate: kept, and shown with its time.
public struct DeliveryReport: Sendable {
    public let certificateID: Int64
    public let readAt: Date
    public let standing: DeliveryStanding
    public let faults: [LastMileRule]
    /// Devices that have reported it as installed.
    public let installed: Int
    /// All of it, as programs see it and as the database has it.
    public let json: JSONValue

    public init(_ evidence: DeliveryEvidence) {
        certificateID = evidence.expected.certificateID
        readAt = evidence.readAt
        faults = LastMileRule.diagnose(evidence)
        installed = evidence.reported.count(where: \.isInstalled)
        let gaps = evidence.gaps
        standing =
            if faults.contains(where: { $0.fault != .throttled }) {
                .faulty
            } else if !evidence.isDelivered {
                .notDelivered
            } else if evidence.reported.contains(where: \.isInstalled) {
                .usable
            } else if gaps.isEmpty {
                .waiting
            } else {
                .unknown
            }
        interval = Self.interval(standing, evidence)
        let record = evidence.heldRecord
        json = [
            "standing": .string(standing.rawValue), "readAt": .string(readAt.ISO8601Format()),
            "delivered": JSONValue(evidence.expected.deliveredAt?.ISO8601Format()),
            "record": record.map { record in
                [
                    "id": .string(record.id), "thumbprint": .string(record.thumbprint),
                    "purpose": .string(record.intendedPurpose),
                    "userPrincipalName": .string(record.userPrincipalName),
                    "provider": .string(record.providerName), "key": .string(record.keyName),
                    "padding": .string(record.paddingScheme),
                    "start": JSONValue(record.startDateTime?.ISO8601Format()),
                ]
            } ?? .null,
            "connectorKey": JSONValue(evidence.expected.deliveredKey),
            "connectors": evidence.connectors.value.map { .array($0.map(\.json)) } ?? .null,
            "devices": evidence.devices.value.map { .array($0.map(\.json)) } ?? .null,
            "faults": .array(
                faults.map {
                    [
                        "fault": .string($0.fault.rawValue), "actor": .string($0.actor), "cause": .string($0.cause),
                        "nextStep": .string($0.nextStep(for: evidence.expected)),
                    ]
                }),
            "unknown": .array(gaps.map { ["what": .string($0.what), "reason": .string($0.reason)] }),
        ]
    }

    /// Seconds until it is worth another look: soon while devices are expected to report, and seldom where nothing is expected to change.
    public let interval: TimeInterval

    private static func interval(_ standing: DeliveryStanding, _ evidence: DeliveryEvidence) -> TimeInterval {
        if evidence.gaps.contains(where: \.isThrottled) { return 600 }
        switch standing {
        case .usable: return 7 * 86400
        case .faulty: return 4 * 3600
        case .waiting, .unknown, .notDelivered:
            let since = evidence.expected.deliveredAt ?? evidence.readAt
            return min(max(evidence.readAt.timeIntervalSince(since), 600), 4 * 3600)
        }
    }
}
