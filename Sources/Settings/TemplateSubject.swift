// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// For whom a template is.
public enum TemplateSubject: String, Sendable, CaseIterable {
    /// The members of a group: the gateway makes their keys.
    case people
    /// Shared mailboxes: the gateway makes their keys, and hands them to those who may open the mailbox.
    case mailboxes
    /// Whoever may request certificates, for servers: they bring their keys.
    case requests
}
