// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import PKIX
import Planning

extension CertificateRecord {
    /// What it is for: as it was ordered, or else by what stands in it.
    func uses(ordered terms: OrderTerms?) -> [CertificateUse] {
        terms.map { CertificateUse.of($0.purpose) } ?? (try? Certificate(der: der)).map(CertificateUse.of) ?? []
    }
}
