// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why an imported PFX would fail on the way to the device.
public struct PFXImportError: Error, Sendable, CustomStringConvertible {
    public let entityID: String
    public let message: String
    public var description: String { "\(entityID): \(message)" }
}
