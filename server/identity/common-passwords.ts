/** Passwords of ten and more characters that lead every list of leaked ones; compared without case. */
const COMMON = new Set(
  `1234567890 12345678910 123456789a 0123456789 0987654321 9876543210 1234567891 1111111111 0000000000
  1212121212 1122334455 1231231231 12341234123 1234512345 123456123456 123123123123 111222333444 147258369a
  1472583690 1357924680 qwertyuiop qwertyuiop1 qwerty12345 qwerty123456 qwerty1234 1qaz2wsx3edc 1q2w3e4r5t
  1q2w3e4r5t6y 1q2w3e4r5t6y7u qazwsxedcrfv qazwsxedc1 zaq12wsxcde3 asdfghjkl1 asdfghjkl; zxcvbnm123 asdfghjkl123
  password12 password123 password1234 password12345 password123456 passw0rd123 passw0rd12 p@ssw0rd12 p@ssw0rd123
  p@ssword123 password!1 password!23 password01 passwordpassword mypassword mypassword1 thepassword changeme123
  changeme1234 welcome123 welcome1234 welcome12345 letmein123 letmein1234 iloveyou12 iloveyou123 iloveyou1234
  iloveyou1314 woaini1314520 woaini1314 woaini520 woaini5201314 5201314520 1314520520 a123456789 a1234567890
  aa123456789 aa12345678 abc123456789 abcd123456 abcd1234567 abcdefghij abcdefg123 abcdefgh12 abc1234567 asd123456789
  qwe123456789 zxc123456789 q123456789 z123456789 w123456789 admin12345 admin123456 administrator admin@1234
  admin@12345 root123456 rootroot123 test123456 testtest123 test1234567 user123456 guest12345 football123 baseball123
  superman123 batman12345 princess123 sunshine123 michael123 dragon12345 monkey12345 shadow12345 master12345 charlie123
  computer123 internet123 samsung123 pokemon123 liverpool1 chelsea123 arsenal123 basketball football12 qwertyuiop123
  qweasdzxc123 qweasdzxc1 aaaaaaaaaa zzzzzzzzzz xxxxxxxxxx 1a2b3c4d5e a1b2c3d4e5 pingtoken1 pingtoken12 pingtoken123`
    .trim()
    .split(/\s+/),
)

const ONE_CHARACTER = /^(.)\1*$/u

export const isCommonPassword = (password: string) =>
  COMMON.has(password.toLowerCase()) || ONE_CHARACTER.test(password)
