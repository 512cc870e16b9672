// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// A call that the server refused or that never came back, told for the door that decides how to go on.
struct ServerFailure: Error {
    let kind: ServerFailureKind
    /// What the caller gets when the door gives up.
    let error: StoreError

    /// Whether the whole body may run again, because nothing of it has been kept and the cause passes.
    var mayRunAgain: Bool { [.deadlock, .stalePlan, .lost].contains(kind) }

    /// Whether the connection is of no more use. An old primary that may only be read any more is left too: its name leads to
    /// the new one.
    var endsConnection: Bool {
        [.lost, .away, .certificate, .login, .readOnly, .statementTimeout, .driverMissing].contains(kind)
    }

    /// Whether a COMMIT that failed this way has certainly undone everything.
    var hasUndoneCommit: Bool { [.deadlock, .constraint].contains(kind) }
}
