// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// What applying a file would lead to.
public struct ConfigurationDraft {
    public let changes: [ConfigurationStore.Change]
    /// The configuration as it would be, with everything wrong that shows without profiles and files. Parts of the file stand
    /// before those that stay, in its own lines.
    public let reading: ConfigurationReading
    /// The configuration as it is, as far as it reads: an older version may have stored what this one refuses, and a file that
    /// mends it must be taken.
    public let former: GatewayConfiguration
    /// Both as documents, for who looks at them by the table of keys.
    public let documents: (former: JSONValue, new: JSONValue)
    /// What configurations before that had named.
    public let formerSecrets: [NamedSource]
}
