// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// The thumbprint by which Intune knows a certificate.
func sha1(_ data: Data) -> [UInt8] { DigestAlgorithm.sha1.digest(Array(data)) }
