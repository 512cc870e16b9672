// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Settings

/// Documents about certway.yaml, made from the table that its reader checks against.
public enum ConfigurationReference {
    /// The reference of all keys, as Markdown.
    public static var markdown: String {
        """
        # certway.yaml

        Every key. `certway apply -f FILE` checks a file, with the profiles, files and secrets it names, and stores it; sections that a file
        leaves out stay as they are. `certway export` prints what is stored.

        - **path**: absolute, on the gateway's machine. Files must not be writable by others; PEM unless it says otherwise.
        - **secret**: a reference, `env:NAME` or `file:/path`; the file must not be readable by others. A secret itself is refused.
          Where a profile asks for a certificate with its key, it is PEM or PKCS #12; in a variable, PEM, or PKCS #12 in Base64.
        - **duration**: `5s`, `15m`, `2h`, `3d`. **GUID**: `11111111-2222-3333-4444-555555555555`. **jq**: a program for jq 1.6.
        - **money**: `18.50 EUR`, an amount with a point and a currency by ISO 4217.

        This file is printed by `certway apply --reference`, its [JSON Schema](schema/certway.schema.json) by `certway apply --reference
        --output json`; do not edit them.

        \(ProfileReference.table("Keys", ConfigurationKeys.all))
        """
    }

    /// A JSON Schema of the file, for editors.
    public static func schema() throws(SettingsError) -> JSONValue {
        var schema = try DocumentSchema(ConfigurationKeys.all, choices: ConfigurationKeys.choices).json()
        schema["$schema"] = DocumentSchema.dialect
        schema["title"] = "certway.yaml"
        return .object(schema)
    }
}
