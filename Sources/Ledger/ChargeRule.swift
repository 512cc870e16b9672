// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Which orders the CA charges for.
public enum ChargeRule: String, Sendable, CaseIterable {
    /// Those that led to a certificate; one that was refused or cancelled before costs nothing.
    case issued
    /// Every order that has left for it, whatever became of it.
    case placed
}
