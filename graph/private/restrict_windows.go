package private

import "golang.org/x/sys/windows"

// restrict gives a folder an access list of its own, instead of that of the
// folder above: full access (FA) for the user, the system (SY) and
// administrators (BA), also on what is made in it (OICI), and nobody else (P).
//
// https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format
func restrict(folder string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	descriptor, err := windows.SecurityDescriptorFromString(
		"D:P(A;OICI;FA;;;" + user.User.Sid.String() + ")(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")
	if err != nil {
		return err
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		return err
	}
	return windows.SetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
}
