// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import JSONDocuments

extension AddressValidation {
    /// As programs see it.
    public var json: JSONValue {
        ["address": .string(address), "confirmed": JSONValue(isValidated), "lastMailed": JSONValue(lastMailed)]
    }
}
