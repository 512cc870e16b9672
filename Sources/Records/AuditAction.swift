// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can stand in the audit trail, as verb and object. The words are fixed: who reads a trail of years relies on them, so one is
/// added, and none is ever changed or given another meaning. `docs/manual/audit.md` has them for people.
public enum AuditAction: String, Sendable, CaseIterable {
    case applyConfiguration = "apply.configuration"
    case approvePlan = "approve.plan"
    case denyPlan = "deny.plan"
    case acceptRestore = "accept.restore"
    case acceptTrail = "accept.trail"

    case denyAccess = "deny.access"

    case placeOrder = "place.order"
    case renewOrder = "renew.order"
    case replaceOrder = "replace.order"
    case holdOrder = "hold.order"
    case releaseOrder = "release.order"
    case retryOrder = "retry.order"
    case cancelOrder = "cancel.order"
    case findOrder = "find.order"
    case missOrder = "miss.order"
    case mailOrder = "mail.order"
    case withdrawOrder = "withdraw.order"

    case revokeCertificate = "revoke.certificate"
    case withdrawCertificate = "withdraw.certificate"
    case undoRevocation = "undo.revocation"
    case undoWithdrawal = "undo.withdrawal"
    case retryRevocation = "retry.revocation"
    case retryWithdrawal = "retry.withdrawal"
    case takeRevocation = "take.revocation"
    case takeWithdrawal = "take.withdrawal"
    case noticeRevocation = "notice.revocation"
    case noticeHold = "notice.hold"
    case noticeRelease = "notice.release"
    case noticeDeletion = "notice.deletion"

    case recoverKey = "recover.key"
    case exportKey = "export.key"

    case grantException = "grant.exception"
    case endException = "end.exception"

    case startIncident = "start.incident"
    case changeIncident = "change.incident"

    case createCA = "create.ca"
    case publishCRL = "publish.crl"
    case revokeAtCA = "revoke.ca"
    case renewCA = "renew.ca"
    case retireCA = "retire.ca"

    case migrateStore = "migrate.store"
    case backUpStore = "backup.store"
    case restoreStore = "restore.store"
    case copyStore = "copy.store"

    /// What it means, for people; the words of the manual.
    public var meaning: String {
        switch self {
        case .applyConfiguration: "a part of the configuration was stored, changed or removed"
        case .approvePlan: "a person has consented to what a plan buys or ends"
        case .denyPlan: "a person has said no to what a plan buys or ends, and a consent to it is void"
        case .acceptRestore: "a person has taken a restored database, or a CA's folder, for what there is"
        case .acceptTrail: "a person has looked at what was found in the audit trail, and takes it for what there is"
        case .denyAccess: "somebody asked for something without the right to it"
        case .placeOrder: "a certificate is to be ordered: the first one, or another after one that has ended"
        case .renewOrder: "another certificate is to be ordered before this one ends"
        case .replaceOrder: "another certificate is to be ordered in the place of one that is in use"
        case .holdOrder: "an order is stopped until a person goes on with it"
        case .releaseOrder: "a stopped order goes on"
        case .retryOrder: "an order is worked on again at once"
        case .cancelOrder: "an order is given up, here or at its CA"
        case .findOrder: "a person says under which id the CA has an order whose answer was lost"
        case .missOrder: "a person says that the CA does not have an order: it is submitted again"
        case .mailOrder: "the CA was asked to send its validation mail again"
        case .withdrawOrder: "an order that had not left is planned anew"
        case .revokeCertificate: "the revocation of a certificate is asked for"
        case .withdrawCertificate: "a certificate is to be taken out of Intune"
        case .undoRevocation: "a revocation that was asked for is taken back before it has left"
        case .undoWithdrawal: "a withdrawal that was asked for is taken back before it has left"
        case .retryRevocation: "a revocation is tried again at once"
        case .retryWithdrawal: "a withdrawal is tried again at once"
        case .takeRevocation: "the CA has taken a revocation that was asked for here"
        case .takeWithdrawal: "Intune no longer has a certificate whose withdrawal was asked for here"
        case .noticeRevocation: "a certificate was revoked at its CA by others"
        case .noticeHold: "a certificate was put on hold at its CA by others"
        case .noticeRelease: "a hold at the CA has ended"
        case .noticeDeletion: "a certificate was deleted in Intune by others"
        case .recoverKey: "somebody asked for an archived key to be opened"
        case .exportKey: "somebody asked for an archive record, still encrypted"
        case .grantException: "a person is left out of a template, or included in it, beside its group"
        case .endException: "the group decides again on a person for whom there was an exception"
        case .startIncident: "certificates are to be replaced by a deadline"
        case .changeIncident: "an incident goes on otherwise: a wave, a pause, another deadline, its end"
        case .createCA: "a certificate authority of one's own was made"
        case .publishCRL: "a certificate authority of one's own has signed a list"
        case .revokeAtCA: "a certificate was put on the list of a certificate authority of one's own"
        case .renewCA: "a certificate authority of one's own got another certificate"
        case .retireCA: "a certificate authority of one's own has ended"
        case .migrateStore: "the schema of the database was brought up to date"
        case .backUpStore: "a copy of the database was made"
        case .restoreStore: "a copy of the database was put in its place"
        case .copyStore: "the database was copied into this one"
        }
    }
}
