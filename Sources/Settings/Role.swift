// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a person or a token is to the gateway (console design, section 2), by the words of certway.yaml. One may have several; what
/// each may do stands in `RoleTable` of room Administration.
public enum Role: String, Sendable, CaseIterable, Codable {
    case administrator
    case helpdesk
    case integrator
    case keyRecoveryAgent
    case auditor
    case requester
    case employee
}
