// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import KeyHoldings
public import Settings

extension TemplateConfiguration {
    /// Who may have the keys of the mailboxes it is for.
    public var keyHolders: KeyHolderRule { KeyHolderRule(includesGuests: guests, grace: life.departureGrace) }
}
