// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the sandbox's devices run.
enum DevicePlatform: String, Sendable, CaseIterable {
    case windows, iOS

    /// What the name of the profile type begins with.
    var profilePrefix: String { self == .windows ? "windows10" : "ios" }

    /// `operatingSystem` of a managed device.
    var operatingSystem: String { self == .windows ? "Windows" : "iOS" }

    /// `devicePlatform` of a certificate state.
    var stateName: String { self == .windows ? "windows10AndLater" : "iOS" }

    var newVersion: String { self == .windows ? "10.0.22631.4317" : "18.1" }
    /// One that does not open PBES2 files (wire/intune-pfx.md section 6).
    var oldVersion: String { self == .windows ? "10.0.15063.0" : "16.7" }

    /// Whether a device of this version opens a PBES2 file.
    func opensPBES2(_ version: String) -> Bool {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        return switch self {
        case .iOS: (parts.first ?? 0) >= 18
        case .windows: parts.count >= 3 && parts[2] >= 16299
        }
    }
}
