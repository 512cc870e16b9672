// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport

extension HTTPResponse {
    /// The wait the service asks for: `Retry-After`, or Intune's `x-ms-retry-after-ms`. A date is compared with the
    /// answer's own `Date`, so our clock does not matter.
    package var retryAfter: Duration? {
        headers.retryAfter(now: headers["Date"].flatMap(HTTPDate.parse) ?? Date())
            ?? headers["x-ms-retry-after-ms"].flatMap(Double.init).flatMap { Duration(asked: $0 / 1000) }
    }
}
