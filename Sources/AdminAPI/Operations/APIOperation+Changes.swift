// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension APIOperation {
    /// Everything that changes something, or asks others.
    static let changes =
        orderChanges + certificateChanges + manyChanges + enrollmentChanges + planChanges + incidentChanges
        + templateChanges
        + configurationChanges + setUp + checks + jobChanges + own
}
