// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation
import JSONDocuments
import Testing

@testable import DeliveryProof

/// Each fault alone is named, and taken for no other.
@Suite struct LastMileRuleTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let user = "7f0c0000-0000-0000-0000-000000000001"
    private static let print = String(repeating: "a1", count: 20)

    private static func record(_ changes: [String: String] = [:]) -> UserPFXCertificate {
        var json: JSONValue = [
            "id": .string("\(user.filter { $0 != "-" })-\(print)"), "thumbprint": .string(print),
            "intendedPurpose": "smimeEncryption", "userPrincipalName": "ada@sandbox.example",
            "startDateTime": .string(now.addingTimeInterval(-86400).ISO8601Format()),
            "expirationDateTime": .string(now.addingTimeInterval(86400 * 300).ISO8601Format()),
            "providerName": "KSP", "keyName": "key", "paddingScheme": "oaepSha512",
            "createdDateTime": .string(now.addingTimeInterval(-3600).ISO8601Format()),
        ]
        for (name, value) in changes { json[name] = .string(value) }
        return UserPFXCertificate(json)
    }

    private static func device(
        _ name: String, _ reported: String?, version: String = "18.1", synced: TimeInterval = -60
    ) -> DeviceState {
        var device = DeviceState([
            "deviceName": .string(name), "operatingSystem": "iOS", "osVersion": .string(version),
            "lastSyncDateTime": .string(now.addingTimeInterval(synced).ISO8601Format()),
        ])
        device.issuance = reported
        return device
    }

    private static func connectors(_ states: [String]) -> Reading<[ConnectorState]> {
        .known(states.map { ConnectorState(["displayName": "c", "state": .string($0)]) })
    }

    private static func good() -> DeliveryEvidence {
        var expected = DeliveryExpectation(
            certificateID: 1, subscriberID: user, userPrincipalName: "ada@sandbox.example", thumbprint: print,
            notBefore: now.addingTimeInterval(-86400), notAfter: now.addingTimeInterval(86400 * 300),
            intendedPurpose: "smimeEncryption", providerName: "KSP", keyName: "key", paddingScheme: "oaepSha512")
        expected.deliveredAt = now.addingTimeInterval(-3600)
        (expected.connectorKey, expected.deliveredKey) = ("k1", "k1")
        expected.deliveredEncryption = "tripleDESSHA1"
        return DeliveryEvidence(
            expected: expected, readAt: now,
            account: .known(DeliveryEvidence.Account(userPrincipalName: "Ada@sandbox.example", isEnabled: true)),
            isLicensed: .known(true), record: .known(record()), recordsOfPerson: .known([record()]),
            recordsOfCertificate: .known([record()]), connectors: connectors(["active", "active"]),
            isProfileAssigned: .known(true),
            devices: .known([device("one", "installed"), device("two", "installed")]), reports: .known(true))
    }

    private static func changed(
        _ change: (inout DeliveryEvidence, inout DeliveryExpectation) -> Void
    ) -> DeliveryEvidence {
        let good = good()
        var (evidence, expected) = (good, good.expected)
        change(&evidence, &expected)
        return DeliveryEvidence(
            expected: expected, readAt: evidence.readAt, account: evidence.account, isLicensed: evidence.isLicensed,
            record: evidence.record, recordsOfPerson: evidence.recordsOfPerson,
            recordsOfCertificate: evidence.recordsOfCertificate, connectors: evidence.connectors,
            isProfileAssigned: evidence.isProfileAssigned, devices: evidence.devices, reports: evidence.reports)
    }

    private static func evidence(of fault: LastMileFault) -> DeliveryEvidence {
        changed { evidence, expected in
            func held(_ name: String, _ value: String) { evidence.record = .known(record([name: value])) }
            func reports(_ one: String?, _ two: String?) {
                evidence.devices = .known([device("one", one), device("two", two)])
            }
            switch fault {
            case .throttled: evidence.connectors = .unknown("slow down", isThrottled: true)
            case .personGone: evidence.account = .known(nil)
            case .userDisabled:
                evidence.account = .known(.init(userPrincipalName: "ada@sandbox.example", isEnabled: false))
            case .noLicence: evidence.isLicensed = .known(false)
            case .uploadRefusedWithoutReason:
                (expected.deliveredAt, evidence.record) = (nil, .known(nil))
                expected.obstacle = "refused: An error has occurred - Activity ID: 0f"
            case .notDelivered:
                (expected.deliveredAt, evidence.record) = (nil, .known(nil))
                expected.obstacle = "held by an operator"
            case .recordDeleted: evidence.record = .known(nil)
            case .thumbprintDiffers: held("thumbprint", String(repeating: "b2", count: 20))
            case .duplicateRecords:
                evidence.recordsOfCertificate = .known([record(), record(["id": "81d2-\(print)"])])
            case .signInNameDiffers: held("userPrincipalName", "former@sandbox.example")
            case .clockDiffers: held("createdDateTime", now.addingTimeInterval(7200).ISO8601Format())
            case .datesDiffer: held("expirationDateTime", now.ISO8601Format())
            case .wrongPurpose: held("intendedPurpose", "smimeSigning")
            case .laterStart:
                evidence.recordsOfPerson = .known([
                    record(),
                    record([
                        "id": "7f0c-old", "thumbprint": String(repeating: "c3", count: 20),
                        "startDateTime": now.ISO8601Format(),
                    ]),
                ])
            case .providerDiffers: held("providerName", "another KSP")
            case .keyNameDiffers: held("keyName", "another key")
            case .paddingDiffers: held("paddingScheme", "oaepSha256")
            case .encryptedToAnotherKey: expected.connectorKey = "k2"
            case .noProfile: evidence.isProfileAssigned = .known(false)
            case .noConnector: evidence.connectors = connectors([])
            case .connectorsInactive: evidence.connectors = connectors(["inactive", "none"])
            case .keyMissingOnOneConnector: reports("installed", "issueFailed")
            case .connectorsCannotOpen: reports("issueFailed", "issueFailed")
            case .noDevice: evidence.devices = .known([])
            case .encryptionTooNew:
                expected.deliveredEncryption = "aes256SHA256"
                evidence.devices = .known([device("one", "installFailed", version: "16.7")])
            case .deviceNotSynced: evidence.devices = .known([device("one", nil, synced: -12 * 86400)])
            case .deviceError: reports("installed", "installFailed")
            }
        }
    }

    @Test func whatIsRightShowsNothing() {
        let report = DeliveryReport(Self.good())
        #expect(report.faults.isEmpty && report.standing == .usable)
    }

    @Test(arguments: LastMileFault.allCases) func eachAloneIsNamedAsWhatItIs(_ fault: LastMileFault) {
        let found = LastMileRule.diagnose(Self.evidence(of: fault)).map(\.fault)
        #expect(found == [fault])
    }

    /// What a newer one of ours has replaced is not to win, and taking out the newer one would be wrong advice.
    @Test func itsSuccessorIsNoFaultOfACertificate() {
        let evidence = Self.changed { evidence, expected in
            evidence = Self.evidence(of: .laterStart)
            expected.isSuperseded = true
        }
        #expect(LastMileRule.diagnose(evidence).isEmpty)
    }

    @Test func theTableHasEachOnceAndTheManualEveryWord() throws {
        #expect(Set(LastMileRule.table.map(\.fault)).count == LastMileFault.allCases.count)
        #expect(LastMileRule.table.count == LastMileFault.allCases.count)
        #expect(LastMileRule.table.allSatisfy { !$0.cause.isEmpty && !$0.nextStep.isEmpty })
        // Its commands run as they stand.
        for rule in LastMileRule.table {
            let step = rule.nextStep(serialNumber: "0C0F", reference: "ab-1")
            for part in step.split(separator: "'").filter({ $0.hasPrefix("certway ") }) {
                #expect(!part.contains { $0.isUppercase && $0 != "C" && $0 != "F" }, "\(part)")
            }
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manual = try String(contentsOf: root.appending(path: "docs/manual/delivery.md"), encoding: .utf8)
        for fault in LastMileFault.allCases { #expect(manual.contains("| `\(fault.rawValue)` |")) }
    }

    /// Soon after a delivery, at growing distances while nobody reports, and seldom once all is well.
    @Test func theNextReadingComesWhenItIsWorthIt() {
        func interval(_ delivered: TimeInterval) -> TimeInterval {
            DeliveryReport(
                Self.changed { evidence, expected in
                    expected.deliveredAt = Self.now.addingTimeInterval(-delivered)
                    evidence.devices = .known([Self.device("one", nil)])
                }
            ).interval
        }
        #expect([10, 600, 5000, 86400].map(interval) == [600, 600, 5000, 4 * 3600])
        #expect(DeliveryReport(Self.good()).interval == 7 * 86400)
        #expect(DeliveryReport(Self.evidence(of: .noDevice)).interval == 4 * 3600)
        #expect(DeliveryReport(Self.evidence(of: .throttled)).interval == 600)
    }

    @Test func nobodyHasReportedIsNotUsable() {
        let quiet = Self.changed { evidence, _ in evidence.devices = .known([Self.device("one", nil)]) }
        #expect(DeliveryReport(quiet).standing == .waiting && DeliveryReport(quiet).faults.isEmpty)
        let blind = Self.changed { evidence, _ in evidence.devices = .unknown("no permission", isThrottled: false) }
        #expect(DeliveryReport(blind).standing == .unknown && DeliveryReport(blind).faults.isEmpty)
    }
}
