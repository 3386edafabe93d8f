package uitest
