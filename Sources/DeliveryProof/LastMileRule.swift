// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation

/// How a fault is known, and what is to be done: one row of the table.
public struct LastMileRule: Sendable {
    public let fault: LastMileFault
    /// Who has to act: `operator`, `person`, `nobody`.
    public let actor: String
    /// One sentence.
    public let cause: String
    /// One sentence, with the command where there is one, and words such as `SERIAL` for what it is about (`nextStep(for:)`).
    public let nextStep: String
    /// Faults that bring about what this rule looks at: with one of them this one says nothing new.
    let explainedBy: Set<LastMileFault>
    let holds: @Sendable (DeliveryEvidence) -> Bool

    init(
        _ fault: LastMileFault, _ actor: String, _ cause: String, _ nextStep: String,
        unless explainedBy: Set<LastMileFault> = [], holds: @escaping @Sendable (DeliveryEvidence) -> Bool
    ) {
        (self.fault, self.actor, self.cause, self.nextStep) = (fault, actor, cause, nextStep)
        (self.explainedBy, self.holds) = (explainedBy, holds)
    }

    /// The next step for one certificate, with commands that run as they stand.
    public func nextStep(for expected: DeliveryExpectation) -> String {
        nextStep(serialNumber: expected.serialNumber, reference: expected.reference)
    }

    /// - Parameters:
    ///   - serialNumber: of the certificate.
    ///   - reference: of its order.
    public func nextStep(serialNumber: String, reference: String) -> String {
        Remedy.filled(
            nextStep, [("SERIAL", serialNumber), ("REFERENCE", reference)])
    }

    /// The faults that evidence shows, in the order in which they are to be mended.
    public static func diagnose(_ evidence: DeliveryEvidence) -> [LastMileRule] {
        let holding = table.filter { $0.holds(evidence) }
        let found = Set(holding.map(\.fault))
        return holding.filter { $0.explainedBy.isDisjoint(with: found) }
    }

    /// Compares the record with what is wanted, where both are known.
    private static func record(
        _ differs: @escaping @Sendable (UserPFXCertificate, DeliveryEvidence) -> Bool
    ) -> @Sendable (DeliveryEvidence) -> Bool {
        { evidence in evidence.heldRecord.map { differs($0, evidence) } ?? false }
    }

    /// Seconds that clocks may differ.
    static let clockTolerance: TimeInterval = 300
    /// Seconds after which a device that has not come is worth a word.
    static let longSilence: TimeInterval = 3 * 86400

    /// What makes a new record, with a new certificate.
    private static let again = "'certway certificate withdraw SERIAL --order-again --because \"deliver again\"'"

    /// From the first thing to mend to the last. Sources: wire/intune-pfx.md sections 2 to 9; states of devices by the Graph beta
    /// reference.
    public static let table: [LastMileRule] = [
        LastMileRule(
            .throttled, "nobody", "the service asked us to slow down, so that not everything could be read",
            "nothing; it is read again by itself"
        ) { $0.gaps.contains { $0.isThrottled } },
        LastMileRule(
            .personGone, "operator", "the tenant has nobody of this id: Intune delivers nothing to who is gone",
            "restore the account, or let the gateway end the certificate by its departure rule"
        ) { evidence in
            if case .known(nil) = evidence.account { true } else { false }
        },
        LastMileRule(
            .userDisabled, "operator", "the account is disabled: its devices get nothing",
            "enable the account in Entra ID, or let the gateway end the certificate by its departure rule"
        ) { ($0.account.value ?? nil)?.isEnabled == false },
        LastMileRule(
            .noLicence, "operator", "the person has no Intune licence",
            "assign a licence that includes Intune (service plan INTUNE_A); the devices get the certificate with their next sync"
        ) { $0.isLicensed.value == false },
        LastMileRule(
            .uploadRefusedWithoutReason, "operator",
            "Intune refused the upload with status 400 and without a reason; reported causes are a person without licence and wrong names "
                + "of the connector's provider or key",
            "look at licence, intune.providerName and intune.keyName, then 'certway order retry REFERENCE'; with a ticket at "
                + "Microsoft name the Activity ID of the order's timeline", unless: [.noLicence, .personGone]
        ) { !$0.isDelivered && LastMileRule.isEmptyRefusal($0.expected.obstacle) },
        LastMileRule(
            .notDelivered, "operator", "the certificate is issued and was not handed to Intune",
            "see the order's timeline for the reason: 'certway order show REFERENCE'",
            unless: [.uploadRefusedWithoutReason, .personGone]
        ) { !$0.isDelivered && $0.expected.obstacle != nil },
        LastMileRule(
            .recordDeleted, "operator", "its record in Intune is gone: somebody else has deleted it",
            "find out who deletes imported PFX (Intune audit log), then deliver again: \(again)"
        ) { evidence in
            guard evidence.isDelivered, case .known(nil) = evidence.record else { return false }
            return true
        },
        LastMileRule(
            .thumbprintDiffers, "operator", "Intune's record of this id names another certificate",
            "take the record out and deliver again: \(again)",
            holds: record { $0.thumbprint != $1.expected.thumbprint }),
        LastMileRule(
            .duplicateRecords, "operator",
            "Intune holds this certificate under somebody else's id, too: their devices get this person's key",
            "take the other record out at once and revoke the certificate with reason keyCompromise"
        ) { evidence in
            let own = UserPFXCertificate.id(
                userID: evidence.expected.subscriberID, thumbprint: evidence.expected.thumbprint)
            return (evidence.recordsOfCertificate.value ?? []).contains {
                $0.id != own && $0.thumbprint == evidence.expected.thumbprint
            }
        },
        LastMileRule(
            .signInNameDiffers, "operator",
            "Intune's record carries another user principal name than the person has now",
            "where keys are kept the gateway delivers it again under the new name; otherwise the plan replaces it, unless onChange of the "
                + "template is report: 'certway plan', then 'certway run --once'",
            holds: record { record, evidence in
                let name = (evidence.account.value ?? nil)?.userPrincipalName ?? evidence.expected.userPrincipalName
                return record.userPrincipalName.lowercased() != name.lowercased()
            }),
        LastMileRule(
            .clockDiffers, "operator",
            "Intune says that the record was made in the future: this machine's clock is behind, or Intune's ahead",
            "compare this machine's clock with a time server (timedatectl); certificates and tokens are judged by it",
            holds: record { record, evidence in
                record.createdDateTime.map { $0 > evidence.readAt.addingTimeInterval(clockTolerance) } ?? false
            }),
        LastMileRule(
            .datesDiffer, "operator", "Intune's record carries other dates than the certificate",
            "somebody else has written it: deliver again by \(again), and find out who writes imported PFX",
            holds: record {
                $0.startDateTime != $1.expected.notBefore || $0.expirationDateTime != $1.expected.notAfter
            }),
        LastMileRule(
            .wrongPurpose, "operator",
            "Intune's record has another purpose than the template: import profiles of the wanted purpose do not deliver it",
            "set the template's intendedPurpose to that of the import profile, or the other way round, and deliver again",
            holds: record { $0.intendedPurpose.lowercased() != $1.expected.intendedPurpose.lowercased() }),
        LastMileRule(
            .laterStart, "operator",
            "another record of this person with the same purpose starts later, and Intune delivers the one that starts last",
            "take the other record out of Intune, or issue anew so that the wanted one starts last: \(again)"
        ) { evidence in
            !evidence.expected.isSuperseded
                && (evidence.recordsOfPerson.value ?? []).contains { other in
                    other.thumbprint != evidence.expected.thumbprint
                        && other.intendedPurpose.lowercased() == evidence.expected.intendedPurpose.lowercased()
                        && other.startDateTime.map { $0 > evidence.expected.notBefore } ?? false
                        && other.id != evidence.heldRecord?.id
                }
        },
        LastMileRule(
            .providerDiffers, "operator", "Intune's record names another key storage provider than the connectors have",
            "set intune.providerName to the provider that holds the key on the connectors, byte for byte, and deliver again",
            holds: record { $0.providerName != $1.expected.providerName }),
        LastMileRule(
            .keyNameDiffers, "operator", "Intune's record names another key than the connectors have",
            "set intune.keyName to the name of the key on the connectors, and deliver again",
            holds: record { $0.keyName != $1.expected.keyName }),
        LastMileRule(
            .paddingDiffers, "operator",
            "Intune's record has another padding scheme than the password was encrypted with",
            "deliver again: \(again); use intune.paddingScheme oaepSha512",
            holds: record { $0.paddingScheme.lowercased() != $1.expected.paddingScheme.lowercased() }),
        LastMileRule(
            .encryptedToAnotherKey, "operator",
            "the password was encrypted to another key than the one that the connectors are said to have now",
            "deliver again, so that it is encrypted to the new key: \(again)",
            unless: [.providerDiffers, .keyNameDiffers]
        ) { evidence in
            guard let used = evidence.expected.deliveredKey, let now = evidence.expected.connectorKey else {
                return false
            }
            return evidence.isDelivered && used != now
        },
        LastMileRule(
            .noProfile, "operator", "no import profile of this purpose is assigned to a group of the person",
            "in Intune make a 'PKCS imported certificate' profile of the purpose for each platform and assign it to the group"
        ) { $0.isProfileAssigned.value == false },
        LastMileRule(
            .noConnector, "operator", "no certificate connector is installed: nobody can open the password",
            "install the Certificate Connector for Microsoft Intune with imported PFX, and import the key there"
        ) { $0.connectors.value?.isEmpty == true },
        LastMileRule(
            .connectorsInactive, "operator", "no certificate connector is in touch with Intune",
            "start the connector's services on its machines, sign it in again where its registration has expired"
        ) { evidence in
            guard let all = evidence.connectors.value, !all.isEmpty else { return false }
            return !all.contains { $0.isActive }
        },
        LastMileRule(
            .keyMissingOnOneConnector, "operator",
            "some devices got the certificate and for others the connector could not open the password: one of several connectors lacks the key",
            "import the same key on every connector (Import-IntuneKey with the full private blob), then let the devices sync",
            unless: [.providerDiffers, .keyNameDiffers, .paddingDiffers, .encryptedToAnotherKey]
        ) { evidence in
            let reported = evidence.reported
            return (evidence.connectors.value ?? []).count { $0.isActive } > 1
                && reported.contains { $0.hasFailedAtConnector } && reported.contains { $0.isInstalled }
        },
        LastMileRule(
            .connectorsCannotOpen, "operator",
            "no connector could open the password: they have another key than the public key in intune.publicKey, or may not read it",
            "export the public key of the connectors' key again (Export-IntunePublicKey), apply it, and deliver again; look at the key's "
                + "rights for Local System",
            unless: [
                .providerDiffers, .keyNameDiffers, .paddingDiffers, .encryptedToAnotherKey, .keyMissingOnOneConnector,
            ]
        ) { evidence in evidence.reported.contains { $0.hasFailedAtConnector } },
        LastMileRule(
            .noDevice, "person", "the person has no device that Intune manages",
            "enrol a device, or hand the certificate over: 'certway handover offer SERIAL'"
        ) { $0.devices.value?.isEmpty == true },
        LastMileRule(
            .encryptionTooNew, "operator",
            "the file is encrypted with AES, and a device of the person runs a system that does not open such files",
            "set the template's pfxEncryption to tripleDESSHA1 and deliver again, or update the device"
        ) { evidence in
            evidence.isDelivered && evidence.expected.deliveredEncryption == "aes256SHA256"
                && (evidence.devices.value ?? []).contains { $0.isTooOldForAES && !$0.isInstalled }
        },
        LastMileRule(
            .deviceNotSynced, "person", "no device of the person has been in touch with Intune since the delivery",
            "switch a device on and let it sync (Company Portal, Settings, Sync)", unless: [.noDevice]
        ) { evidence in
            guard let delivered = evidence.expected.deliveredAt, let devices = evidence.devices.value,
                let newest = devices.compactMap(\.lastSync).max()
            else { return false }
            return newest < delivered && evidence.readAt.timeIntervalSince(newest) > longSilence
        },
        LastMileRule(
            .deviceError, "person", "a device could not install the certificate, for a reason of its own",
            "look at the device's error code in Intune; let it sync again, or enrol it again",
            unless: [.encryptionTooNew]
        ) { evidence in evidence.reported.contains { $0.hasFailedOnDevice } },
    ]

    /// Whether what an attempt ended with is the refusal that says nothing (wire/intune-pfx.md section 9).
    static func isEmptyRefusal(_ obstacle: String?) -> Bool {
        guard let obstacle else { return false }
        return obstacle.contains("An error has occurred") || obstacle.contains("Activity ID")
    }
}
