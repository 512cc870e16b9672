// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whom a notice is for. Which mail address that is, is looked up when it is sent: people get new ones.
public enum NoticeRecipient: Sendable, Hashable {
    /// Whoever the configuration names for the event: the person concerned, administrators, both.
    case configured(subscriberID: String?)
    /// A person or shared mailbox of the tenant, by object id, whatever the configuration says.
    case person(subscriberID: String)
    /// One mail address.
    case address(String)
    /// Everybody under `notifications.administrators`.
    case administrators
    /// A program, by its name in the configuration.
    case webhook(String)

    /// As it stands in a row, and whereby a notice is posted once: at most 330 characters.
    var key: String {
        switch self {
        case .configured(let id): "configured:\(id ?? "")"
        case .person(let id): "person:\(id)"
        case .address(let address): "address:\(address)"
        case .administrators: "administrators"
        case .webhook(let name): "webhook:\(name)"
        }
    }

    /// - Returns: nil for a text that no recipient has as its key.
    init?(key: String) {
        let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count > 1 ? parts[1] : nil) {
        case ("configured", let id?): self = .configured(subscriberID: id.isEmpty ? nil : id)
        case ("person", let id?): self = .person(subscriberID: id)
        case ("address", let address?): self = .address(address)
        case ("webhook", let name?): self = .webhook(name)
        case ("administrators", nil): self = .administrators
        default: return nil
        }
    }
}
