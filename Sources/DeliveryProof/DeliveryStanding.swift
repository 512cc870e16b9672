// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a certificate is worth to its person. "Issued" is not "usable": only a device that has reported it makes it so.
public enum DeliveryStanding: String, Sendable, CaseIterable {
    /// A device has reported that it is installed, and nothing is wrong.
    case usable
    /// Handed to Intune; no device has reported yet, and nothing is known to be wrong.
    case waiting
    /// Something is known to be wrong.
    case faulty
    /// Something could not be read, and what could be shows no fault.
    case unknown
    /// Not handed to Intune yet.
    case notDelivered
}
