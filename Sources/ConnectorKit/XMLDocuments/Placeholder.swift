// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0
