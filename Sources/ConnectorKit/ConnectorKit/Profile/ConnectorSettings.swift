// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Secrets

/// The values an administrator gave for a profile's settings schema; secrets are kept apart so that they cannot be
/// printed or stored with the rest.
public struct ConnectorSettings: Sendable {
    /// Values other than secrets, defaults filled in.
    public var values: [String: JSONValue]
    public var secrets: [String: Secret]
    /// The base address of the chosen environment, or the one the administrator put in its place.
    public var endpoint: String
    /// Overrides the profile's rule for how long an order may stay invisible; for sandboxes.
    public var absenceIsSureAfter: Duration?

    public init(
        values: [String: JSONValue] = [:], secrets: [String: Secret] = [:], endpoint: String,
        absenceIsSureAfter: Duration? = nil
    ) {
        self.values = values
        self.secrets = secrets
        self.endpoint = endpoint
        self.absenceIsSureAfter = absenceIsSureAfter
    }
}
