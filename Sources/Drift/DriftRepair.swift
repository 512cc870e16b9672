// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What mends a difference: always the use case that a person would call for one certificate, with its rights, limits and records.
public enum DriftRepair: String, Sendable, CaseIterable {
    /// Takes the certificate over as if it had been ordered here.
    case adopt
    /// Puts on record what the CA has done, as the daily look at its lists does.
    case record
    /// Asks that it is taken out of Intune.
    case withdraw
    /// Takes one record out of Intune that is nobody's to have.
    case takeOut
    /// Delivers it again where the key is at hand; else orders another one in its place, within the limits of endings.
    case deliverAgain
    /// Has the directory looked at, and put right, at once.
    case publish
    /// Writes, or takes out, the value by which the person signs in.
    case signIn
    /// Has the directory read at once: the plan that follows does it, within its limits and after its grace.
    case plan
    /// A person must.
    case person
    /// Nothing is to be mended: its time has not come, or the template's rules let it be. Of single findings, of no kind.
    case wait
}
