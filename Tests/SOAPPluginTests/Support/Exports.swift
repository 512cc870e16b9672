// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

// Every test here scripts the network.
@_exported import TestSupport
